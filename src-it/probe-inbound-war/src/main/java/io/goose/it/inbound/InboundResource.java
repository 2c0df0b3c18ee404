package io.goose.it.inbound;

import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import io.goose.job.JobId;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Enqueues the jobs. */
@Path("/jobs")
public class InboundResource {

    @Inject
    GooseClient goose;

    @Inject
    QueueAdmin queues;

    /** Enqueues one. */
    @POST
    @Path("/{job}/{key}")
    public String enqueue(@PathParam("job") String job, @PathParam("key") String key) {
        JobId id =
                switch (job) {
                    case "look" -> goose.performAsync(InboundJobs::look, key);
                    case "failOnce" -> goose.performAsync(InboundJobs::failOnce, key);
                    case "hold" -> goose.performAsync(InboundJobs::hold, key);
                    default -> throw new IllegalArgumentException(job);
                };
        return id.toString();
    }

    /** How many jobs wait, run and are scheduled. */
    @GET
    public String look() {
        QueueStats stats = queues.stats("inbound");
        return stats.waiting() + " " + stats.running() + " " + stats.scheduled();
    }
}
