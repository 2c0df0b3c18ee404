package io.goose.it.bench;

import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jspecify.annotations.Nullable;

/** The peer JobRunr, its open source edition, looking as often as it can be set to. Public for it calls the job. */
public final class JobRunrPeer implements AutoCloseable {

    static final String SCHEMA = "jobrunr";

    private static final int POLL_SECONDS = 5;
    private static volatile @Nullable CountDownLatch done; // its jobs are calls of static methods, so they meet here

    private final JobScheduler scheduler;
    private final BackgroundJobServer server;
    private final int threads;

    JobRunrPeer(DataSource source, int threads) {
        var configured = JobRunr.configure()
                .useStorageProvider(new PostgresStorageProvider(source, SCHEMA + "."))
                .useBackgroundJobServer(
                        BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                                .andWorkerCount(threads)
                                .andPollIntervalInSeconds(POLL_SECONDS),
                        false)
                .initialize();
        this.scheduler = configured.getJobScheduler();
        this.server = configured.getBackgroundJobServer();
        this.threads = threads;
    }

    /** The job. */
    public static void noop(String text, int number) {
        CountDownLatch latch = done;
        if (latch != null) {
            latch.countDown();
        }
    }

    void enqueueTogether(int jobs) throws Exception {
        Threads.run(threads, thread -> () -> {
            for (int i = 0; i < Threads.share(jobs, threads, thread); i++) {
                int number = i;
                scheduler.enqueue(() -> JobRunrPeer.noop("hello", number));
            }
        });
    }

    void enqueueInBulk(int jobs) {
        scheduler.enqueue(IntStream.range(0, jobs).boxed(), number -> JobRunrPeer.noop("hello", number));
    }

    /** Runs what waits, once. */
    void execute(int jobs) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(jobs);
        done = latch;
        server.start();
        latch.await();
    }

    @Override
    public void close() {
        JobRunr.destroy();
    }
}
