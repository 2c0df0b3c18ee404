package io.goose.it.probe;

import io.goose.Workers;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Stops and starts the application's workers. */
@Path("/workers")
public class WorkersResource {

    @Inject
    Workers workers;

    /** Stops them, and answers when they have stopped. */
    @POST
    @Path("/stop")
    public String stop() {
        workers.stop();
        return "ok";
    }

    /** Starts them, unless they run. */
    @POST
    @Path("/start")
    public String start() {
        workers.start();
        return "ok";
    }
}
