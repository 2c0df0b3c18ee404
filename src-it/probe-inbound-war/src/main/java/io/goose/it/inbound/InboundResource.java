package io.goose.it.inbound;

import io.goose.GooseClient;
import io.goose.job.JobId;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Duration;

/** Enqueues the jobs. */
@Path("/jobs")
public class InboundResource {

    @Inject
    GooseClient goose;

    @Inject
    InboundWork work;

    /** Enqueues one in a transaction; answers how many were there before its commit. */
    @POST
    @Path("/inTransaction/{key}")
    public String enqueueInTransaction(@PathParam("key") String key) {
        return work.commit(key);
    }

    /** Enqueues one in a transaction that is rolled back. */
    @POST
    @Path("/failingTransaction/{key}")
    public void enqueueInFailingTransaction(@PathParam("key") String key) {
        work.fail(key);
    }

    /** Enqueues one. */
    @POST
    @Path("/{job}/{key}")
    public String enqueue(@PathParam("job") String job, @PathParam("key") String key) {
        JobId id =
                switch (job) {
                    case "look" -> goose.performAsync(InboundJobs::look, key);
                    case "soon" -> goose.performIn(Duration.ofSeconds(1), InboundJobs::look, key);
                    case "failOnce" -> goose.performAsync(InboundJobs::failOnce, key);
                    case "hold" -> goose.performAsync(InboundJobs::hold, key);
                    default -> throw new IllegalArgumentException(job);
                };
        return id.toString();
    }

    /** How many jobs wait, run and are scheduled. */
    @GET
    public String look() {
        return work.look();
    }
}
