package io.goose.it.probe;

import io.goose.EnqueueRejectedException;
import io.goose.GooseClient;
import io.goose.job.JobId;
import jakarta.ejb.EJBAccessException;
import jakarta.ejb.EJBException;
import jakarta.ejb.EJBTransactionRequiredException;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Calls {@code @AsyncJob} methods as an application would. */
@Path("/async")
public class AsyncResource {

    /** An argument beyond {@code goose.job.max-size}. */
    private static final String TOO_LARGE = "x".repeat(300_000);

    @Inject
    AsyncBean bean;

    @Inject
    AsyncEjb ejb;

    @Inject
    LocalView local;

    @Inject
    GooseClient goose;

    /** Calls a method of the CDI bean. */
    @POST
    @Path("/bean/{method}/{key}")
    public String bean(@PathParam("method") String method, @PathParam("key") String key) throws Exception {
        switch (method) {
            case "plain" -> bean.plain(key);
            case "identified" -> {
                return text(bean.identified(key));
            }
            case "callsAnother" -> bean.callsAnother(key);
            case "pages" -> bean.pages(key, 1);
            case "invokesItself" -> bean.invokesItself(key);
            case "callsFromAnotherThread" -> bean.callsFromAnotherThread(key);
            case "transactional" -> bean.transactional(key);
            case "mandatory" -> {
                return text(bean.mandatory(key));
            }
            case "validated" -> {
                return text(bean.validated(" "));
            }
            case "tolerated" -> {
                return text(bean.tolerated(key, ""));
            }
            case "tooLarge" -> {
                return rejected(() -> bean.tolerated(key, TOO_LARGE));
            }
            case "reported" -> {
                return text(bean.reported(key));
            }
            case "byReference" -> {
                return text(goose.with(o -> o.queue("second")).performAsync(AsyncBean::plain, key));
            }
            case "intercepted" -> bean.intercepted(key);
            default -> throw new IllegalArgumentException(method);
        }
        return "returned";
    }

    /** Calls a method of the EJB. */
    @POST
    @Path("/ejb/{method}/{key}")
    public String ejb(@PathParam("method") String method, @PathParam("key") String key) throws Exception {
        switch (method) {
            case "plain" -> ejb.plain(key);
            case "identified" -> {
                return text(ejb.identified(key));
            }
            case "callsAnother" -> ejb.callsAnother(key);
            case "pages" -> ejb.pages(key, 1);
            case "invokesItself" -> ejb.invokesItself(key);
            case "callsFromAnotherThread" -> ejb.callsFromAnotherThread(key);
            case "validated" -> {
                return text(ejb.validated(" "));
            }
            case "tolerated" -> {
                return text(ejb.tolerated(key, ""));
            }
            case "tooLarge" -> {
                return rejected(() -> ejb.tolerated(key, TOO_LARGE));
            }
            case "reported" -> {
                return text(ejb.reported(key));
            }
            case "byReference" -> {
                return text(goose.with(o -> o.queue("second")).performAsync(AsyncEjb::plain, key));
            }
            case "mandatory" -> {
                return mandatory(key);
            }
            case "intercepted" -> ejb.intercepted(key);
            case "restricted" -> {
                return restricted(key);
            }
            default -> throw new IllegalArgumentException(method);
        }
        return "returned";
    }

    /** Calls a method of the EJB that has only a local interface. */
    @POST
    @Path("/local/identified/{key}")
    public String local(@PathParam("key") String key) {
        return text(local.identified(key));
    }

    private static String rejected(Callable<?> call) throws Exception {
        try {
            return "returned " + call.call();
        } catch (EnqueueRejectedException e) {
            return "rejected";
        } catch (EJBException e) { // how an EJB passes on what an interceptor throws
            if (e.getCause() instanceof EnqueueRejectedException) {
                return "rejected";
            }
            throw e;
        }
    }

    private String mandatory(String key) {
        try {
            ejb.mandatory(key);
            return "returned";
        } catch (EJBTransactionRequiredException e) {
            return "refused";
        }
    }

    private String restricted(String key) {
        try {
            ejb.restricted(key);
            return "returned";
        } catch (EJBAccessException e) {
            return "refused";
        }
    }

    private static String text(@Nullable JobId id) {
        return Objects.toString(id);
    }
}
