package io.goose.it.inbound;

import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import io.goose.it.observe.Surroundings;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Measures how many jobs a second go through the adapter and past it. Two brokers have the same Redis: {@code main} and {@code direct}. */
@Path("/bench")
public class BenchResource {

    private static final int FILLERS = 8;

    @Inject
    GooseClient goose;

    @Inject
    QueueAdmin queues;

    /** Enqueues for a queue that nobody works on; answers how many a second. */
    @POST
    @Path("/enqueue/{broker}/{jobs}/{threads}")
    public double enqueue(
            @PathParam("broker") String broker, @PathParam("jobs") int jobs, @PathParam("threads") int threads)
            throws Exception {
        return jobs / (send(broker, "unworked", jobs, threads) / 1e9);
    }

    /** Fills a queue while it is paused, and answers how many of its jobs ended in a second from the first to the last. */
    @POST
    @Path("/run/{queue}/{jobs}")
    public double run(@PathParam("queue") String queue, @PathParam("jobs") int jobs) throws Exception {
        queues.pause(queue);
        send("direct", queue, jobs, FILLERS);
        InboundCount.begin(jobs);
        queues.resume(queue);
        return (jobs - 1) / (InboundCount.awaitNanos(10, TimeUnit.MINUTES) / 1e9);
    }

    private long send(String broker, String queue, int jobs, int threads) throws Exception {
        GooseClient client = goose.via(broker).with(options -> options.queue(queue));
        ManagedThreadFactory factory =
                (ManagedThreadFactory) Surroundings.lookup("java:comp/DefaultManagedThreadFactory");
        Callable<Boolean> part = () -> {
            for (int i = 0; i < jobs / threads; i++) {
                client.performAsync(InboundJobs::count, "a key");
            }
            return true;
        };
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            FutureTask<Boolean> task = new FutureTask<>(part);
            tasks.add(task);
            factory.newThread(task).start();
        }
        for (FutureTask<Boolean> task : tasks) {
            task.get();
        }
        return System.nanoTime() - begin;
    }
}
