package io.goose.it.probe;

import io.goose.job.JobId;
import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls {@code @AsyncJob} methods as an application would. */
@Path("/async")
public class AsyncResource {

    @Inject
    AsyncBean bean;

    @Inject
    AsyncEjb ejb;

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
            case "intercepted" -> ejb.intercepted(key);
            case "restricted" -> {
                return restricted(key);
            }
            default -> throw new IllegalArgumentException(method);
        }
        return "returned";
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
