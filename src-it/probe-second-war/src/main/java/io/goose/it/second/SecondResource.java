package io.goose.it.second;

import io.goose.GooseClient;
import io.goose.job.JobId;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Enqueues the second application's jobs. */
@Path("/jobs")
public class SecondResource {

    @Inject
    GooseClient goose;

    /** Enqueues one. */
    @POST
    @Path("/{job}/{key}")
    public String enqueue(@PathParam("job") String job, @PathParam("key") String key) {
        JobId id =
                switch (job) {
                    case "own" -> goose.performAsync(SecondJobs::own, key);
                    case "shared" -> goose.performAsync(SecondJobs::shared, key);
                    default -> throw new IllegalArgumentException(job);
                };
        return id.toString();
    }
}
