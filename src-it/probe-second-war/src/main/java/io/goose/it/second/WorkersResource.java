package io.goose.it.second;

import io.goose.Workers;
import io.goose.admin.QueueAdmin;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** The second application's workers. */
@Path("/workers")
public class WorkersResource {

    @Inject
    Workers workers;

    @Inject
    QueueAdmin queues;

    /** Starts them. */
    @POST
    public String start() {
        workers.start();
        return "ok";
    }

    /** Whether they run, and how many jobs wait on the application's own queue. */
    @GET
    public String look() {
        return (workers.isRunning() ? "running" : "stopped") + ", waiting: "
                + queues.stats("second").waiting();
    }
}
