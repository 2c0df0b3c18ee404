package io.goose.it.xa;

import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Works in transactions, and shows what is left to do. */
@Path("/")
public class XaResource {

    @Inject
    CdiUnit cdi;

    @Inject
    EjbUnit ejb;

    @Inject
    QueueAdmin queues;

    /** Does what is asked for in one transaction; answers what was thrown, with its causes, one a line. */
    @POST
    @Path("work/{unit}/{what}/{end}/{key}")
    public String work(
            @PathParam("unit") String unit,
            @PathParam("what") String what,
            @PathParam("end") String end,
            @PathParam("key") String key) {
        try {
            switch (unit) {
                case "cdi" -> cdi.run(what, end, key);
                case "ejb" -> ejb.run(what, end, key);
                default -> throw new IllegalArgumentException(unit);
            }
            return "";
        } catch (Exception thrown) {
            StringBuilder all = new StringBuilder();
            for (Throwable each = thrown; each != null; each = each.getCause()) {
                all.append(each).append('\n');
            }
            return all.toString();
        }
    }

    /** Lets no job of a queue begin. */
    @POST
    @Path("pause/{queue}")
    public String pause(@PathParam("queue") String queue) {
        queues.pause(queue);
        return "ok";
    }

    /** Lets the jobs of a queue begin. */
    @POST
    @Path("resume/{queue}")
    public String resume(@PathParam("queue") String queue) {
        queues.resume(queue);
        return "ok";
    }

    /** How many jobs of a queue wait. */
    @GET
    @Path("waiting/{queue}")
    public long waiting(@PathParam("queue") String queue) {
        return queues.stats(queue).waiting();
    }

    /** How many jobs of a queue are on their way, and how many are dead. */
    @GET
    @Path("left/{queue}")
    public String left(@PathParam("queue") String queue) {
        QueueStats stats = queues.stats(queue);
        return stats.waiting() + stats.running() + stats.scheduled() + " on their way, " + stats.dead() + " dead";
    }
}
