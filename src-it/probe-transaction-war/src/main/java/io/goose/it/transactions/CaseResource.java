package io.goose.it.transactions;

import io.goose.GooseClient;
import io.goose.admin.QueueStats;
import jakarta.ejb.EJBException;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;

/** Runs the cases and shows what became of them. */
@Path("/")
public class CaseResource {

    @Inject
    Targets targets;

    @Inject
    Cases cases;

    @Inject
    Resources resources;

    @Inject
    CdiUnit cdi;

    @Inject
    EjbUnit ejb;

    @Inject
    UserUnit user;

    /** Makes the application's tables, in the databases of these data sources. */
    @POST
    @Path("tables/{sources}")
    public String create(@PathParam("sources") String sources) throws Exception {
        for (String source : List.of(sources.split(","))) {
            Rows.create(Targets.source(source));
        }
        return "ok";
    }

    /** Does one case; answers what was thrown. */
    @POST
    @Path("case/{name}/{unit}/{broker}/{key}")
    public String run(
            @PathParam("name") String name,
            @PathParam("unit") String unit,
            @PathParam("broker") String broker,
            @PathParam("key") String key)
            throws Exception {
        return cases.run(name, unit(unit), targets.target(broker), key);
    }

    /** Enqueues a transactional job, whose first attempt ends in this way. */
    @POST
    @Path("whole/{bean}/{how}/{broker}/{key}")
    public String whole(
            @PathParam("bean") String bean,
            @PathParam("how") String how,
            @PathParam("broker") String broker,
            @PathParam("key") String key)
            throws Exception {
        GooseClient client = targets.target(broker).client();
        switch (bean) {
            case "plain" -> client.performAsync(WholeJobs::plain, how, broker, key);
            case "joining" -> client.performAsync(WholeJobs::joining, how, broker, key);
            case "ejb" -> client.performAsync(WholeEjb::contained, how, broker, key);
            default -> throw new IllegalArgumentException(bean);
        }
        return "ok";
    }

    /** What is left of transactional jobs. */
    @GET
    @Path("wholeleft/{broker}")
    public String wholeLeft(@PathParam("broker") String broker) throws Exception {
        QueueStats stats = targets.target(broker).queues().stats("whole");
        return stats.waiting() + stats.running() + stats.scheduled() + " on their way, " + stats.dead() + " dead, "
                + stats.parked() + " parked";
    }

    /** Enqueues, in a transaction that commits, what runs after everything that was enqueued before. */
    @POST
    @Path("last/{broker}/{key}")
    public String last(@PathParam("broker") String broker, @PathParam("key") String key) throws Exception {
        Target target = targets.target(broker);
        cdi.required(() -> target.enqueue(key));
        return "ok";
    }

    /** The application's rows in the data source that goes with a broker, by the beginning of their keys. */
    @GET
    @Path("rows/{broker}/{prefix}")
    public String rows(@PathParam("broker") String broker, @PathParam("prefix") String prefix) throws Exception {
        return String.join(",", Rows.startingWith(targets.target(broker).data(), prefix));
    }

    /** What the broker and the outbox still hold. */
    @GET
    @Path("left/{broker}")
    public String left(@PathParam("broker") String broker) throws Exception {
        QueueStats stats = targets.target(broker).queues().stats("tx");
        long left = stats.waiting() + stats.running() + stats.scheduled() + stats.dead();
        return left + " in the queue, " + Rows.count(Targets.source("plain"), "goose_outbox") + " in the outbox";
    }

    /** Two resources in one transaction; answers what was thrown. */
    @POST
    @Path("resources/{broker}/{data}/{order}/{end}/{key}")
    public String resources(
            @PathParam("broker") String broker,
            @PathParam("data") String data,
            @PathParam("order") String order,
            @PathParam("end") String end,
            @PathParam("key") String key)
            throws Exception {
        return resources.use(targets.target(broker, data), order.equals("rowFirst"), end.equals("commit"), key);
    }

    /** The rows of any data source. */
    @GET
    @Path("rowsof/{data}/{prefix}")
    public String rowsOf(@PathParam("data") String data, @PathParam("prefix") String prefix) throws Exception {
        return String.join(",", Rows.startingWith(Targets.source(data), prefix));
    }

    /** Work of the application's own, without a transaction of the container, around an enqueue. */
    @POST
    @Path("local/{unit}/{handle}/{key}")
    public String local(
            @PathParam("unit") String unit, @PathParam("handle") String handle, @PathParam("key") String key)
            throws Exception {
        Target target = targets.target("main");
        boolean open = handle.equals("open");
        if (unit.equals("none")) {
            return Resources.local(target, open, key);
        }
        String[] answer = {""};
        try {
            unit(unit).notSupported(() -> answer[0] = Resources.local(target, open, key));
        } catch (EJBException rolledBack) { // Open Liberty says so at the end of the method
            if (open) {
                throw rolledBack;
            }
        }
        return answer[0];
    }

    /** Enqueues a job with work of its own, without a transaction of the container. */
    @POST
    @Path("localjob/{how}/{key}")
    public String localJob(@PathParam("how") String how, @PathParam("key") String key) throws Exception {
        GooseClient client = targets.target("main").client();
        switch (how) {
            case "leaves" -> client.performAsync(TransactionJobs::leaves, key);
            case "commits" -> client.performAsync(TransactionJobs::commits, key);
            default -> throw new IllegalArgumentException(how);
        }
        return "ok";
    }

    /** A row and a job in a transaction that is held open. */
    @POST
    @Path("held/{unit}/{broker}/{key}")
    public String held(@PathParam("unit") String unit, @PathParam("broker") String broker, @PathParam("key") String key)
            throws Exception {
        Target target = targets.target(broker);
        unit(unit).required(() -> {
            target.send(key);
            Hold.at(key);
        });
        return "ok";
    }

    /** Enqueues a transactional job during which the server is killed. */
    @POST
    @Path("crash/{step}/{broker}/{key}")
    public String crash(
            @PathParam("step") String step, @PathParam("broker") String broker, @PathParam("key") String key)
            throws Exception {
        targets.target(broker).client().performAsync(CrashJobs::work, step, broker, key);
        return "ok";
    }

    private Unit unit(String name) {
        return switch (name) {
            case "cdi" -> cdi;
            case "ejb" -> ejb;
            case "user" -> user;
            default -> throw new IllegalArgumentException(name);
        };
    }
}
