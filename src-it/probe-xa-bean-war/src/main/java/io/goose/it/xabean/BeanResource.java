package io.goose.it.xabean;

import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Enqueues jobs, and shows what is left to do. */
@Path("/")
public class BeanResource {

    @Inject
    GooseClient goose;

    @Inject
    QueueAdmin queues;

    /** Enqueues one, in no transaction. */
    @POST
    @Path("jobs/{job}/{queue}/{key}")
    public String enqueue(
            @PathParam("job") String job, @PathParam("queue") String queue, @PathParam("key") String key) {
        GooseClient there = goose.with(options -> options.queue(queue));
        return switch (job) {
            case "row" -> there.performAsync(BeanJobs::row, key).value();
            case "failOnce" -> there.performAsync(BeanJobs::failOnce, key).value();
            case "markOnce" -> there.performAsync(BeanJobs::markOnce, key).value();
            case "alone" -> there.performAsync(BeanJobs::alone, key).value();
            default -> throw new IllegalArgumentException(job);
        };
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
