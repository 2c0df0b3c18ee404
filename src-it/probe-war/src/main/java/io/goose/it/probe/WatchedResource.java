package io.goose.it.probe;

import io.goose.GooseClient;
import io.goose.JobCall;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Duration;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/** Enqueues the jobs that are watched, with arguments that no request has, so that nothing but Goose can have logged them. */
@Path("/watched")
public class WatchedResource {

    private static final Logger LOG = Logger.getLogger(WatchedResource.class.getName());

    // What the tests look for in all logs, behind these.
    private static final String ADDRESS = "planted-argument-";
    private static final String CARD = "planted-card-";

    @Inject
    GooseClient goose;

    /** Enqueues the one that fails once. */
    @POST
    @Path("/first/{key}")
    public String first(@PathParam("key") String key) {
        return goose.performAsync(WatchedJobs::first, key, ADDRESS + key, CARD + key)
                .toString();
    }

    /** Enqueues the one that dies. */
    @POST
    @Path("/dies/{key}")
    public String dies(@PathParam("key") String key) {
        return goose.performAsync(WatchedJobs::dies, key, ADDRESS + key, CARD + key)
                .toString();
    }

    /** Enqueues a batch that lingers, and answers its id. */
    @POST
    @Path("/batch/{key}")
    public String batch(@PathParam("key") String key) {
        return goose.performBatch(
                        b -> b.linger(Duration.ofHours(1)),
                        IntStream.range(0, 3).mapToObj(i -> JobCall.of(WatchedJobs::member, key, i)))
                .toString();
    }

    /** Logs on a thread that runs no job. */
    @POST
    @Path("/outside/{key}")
    public String outside(@PathParam("key") String key) {
        LOG.info("outside of jobs " + key);
        return "ok";
    }

    /** Logs a text such as no log may have, so that a test can see that it would find one. */
    @POST
    @Path("/leak/{key}")
    public String leak(@PathParam("key") String key) {
        LOG.info("a proof: planted-proof-" + key);
        return "ok";
    }
}
