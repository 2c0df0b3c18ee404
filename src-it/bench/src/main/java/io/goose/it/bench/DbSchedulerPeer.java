package io.goose.it.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The peer db-scheduler, with the polling strategy that it recommends for throughput. */
final class DbSchedulerPeer {

    /** As its documentation gives them, with the index for lock-and-fetch. */
    static final String[] TABLES = {
        "DROP TABLE IF EXISTS scheduled_tasks",
        "CREATE TABLE scheduled_tasks (task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BYTEA,"
                + " execution_time TIMESTAMP WITH TIME ZONE NOT NULL, picked BOOLEAN NOT NULL, picked_by TEXT,"
                + " last_success TIMESTAMP WITH TIME ZONE, last_failure TIMESTAMP WITH TIME ZONE, consecutive_failures INT,"
                + " last_heartbeat TIMESTAMP WITH TIME ZONE, version BIGINT NOT NULL, priority SMALLINT,"
                + " PRIMARY KEY (task_name, task_instance))",
        "CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)",
        "CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)",
        "CREATE INDEX priority_execution_time_idx ON scheduled_tasks (priority DESC, execution_time ASC)"
    };

    private static final Duration POLLING = Duration.ofMillis(100);

    private final DataSource source;
    private final int threads;
    private final OneTimeTask<Noop> task;
    private final SchedulerClient client;
    private final AtomicLong number = new AtomicLong();
    private volatile @Nullable CountDownLatch done;

    /** What the job is given. */
    record Noop(String text, int number) implements Serializable {}

    /**
     * When it fetches.
     *
     * @param lower fetches again when fewer than so many times the threads are left
     * @param upper fetches up to so many times the threads
     */
    record Limits(double lower, double upper) {}

    DbSchedulerPeer(DataSource source, int threads) {
        this.source = source;
        this.threads = threads;
        this.task = Tasks.oneTime("noop", Noop.class).execute((instance, context) -> {
            CountDownLatch latch = done;
            if (latch != null) {
                latch.countDown();
            }
        });
        this.client = SchedulerClient.Builder.create(source, task).build();
    }

    private SchedulableInstance<Noop> instance(int i) {
        return task.instanceBuilder(Long.toString(number.incrementAndGet()))
                .data(new Noop("hello", i))
                .scheduledTo(Instant.now());
    }

    void enqueueTogether(int jobs) throws Exception {
        Threads.run(threads, thread -> () -> {
            for (int i = 0; i < Threads.share(jobs, threads, thread); i++) {
                client.scheduleIfNotExists(instance(i));
            }
        });
    }

    void enqueueInBulk(int jobs) {
        List<SchedulableInstance<?>> all = new ArrayList<>(jobs);
        for (int i = 0; i < jobs; i++) {
            all.add(instance(i));
        }
        client.scheduleBatch(all);
    }

    /** Runs what waits; start and stop are outside, as Goose's are. */
    Measured execute(int jobs, Limits limits, Measured.Server server) throws Exception {
        CountDownLatch latch = new CountDownLatch(jobs);
        done = latch;
        Scheduler scheduler = Scheduler.create(source, task)
                .threads(threads)
                .pollUsingLockAndFetch(limits.lower(), limits.upper())
                .pollingInterval(POLLING)
                .build();
        try {
            return Measured.of(jobs, server, () -> {
                scheduler.start();
                latch.await();
            });
        } finally {
            scheduler.stop();
        }
    }
}
