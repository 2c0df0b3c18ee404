package io.goose.it.observe;

import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** What the resources of applications do alike: pauses queues, and shows what is left to do. */
public abstract class QueueResource {

    @Inject
    QueueAdmin queues;

    /** For those that do more. */
    protected QueueResource() {}

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
