package io.goose.it.xabean;

import io.goose.GooseClient;
import io.goose.it.observe.QueueResource;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Enqueues jobs, and shows what is left to do. */
@Path("/")
public class BeanResource extends QueueResource {

    @Inject
    GooseClient goose;

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
}
