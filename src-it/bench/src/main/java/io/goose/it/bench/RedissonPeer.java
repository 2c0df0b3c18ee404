package io.goose.it.bench;

import java.io.Serializable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RExecutorService;
import org.redisson.api.RedissonClient;
import org.redisson.api.WorkerOptions;
import org.redisson.config.Config;

/** The peer: Redisson's distributed executor service, with its defaults. */
final class RedissonPeer implements AutoCloseable {

    private static final String NAME = "bench";
    private static volatile @Nullable CountDownLatch done; // its tasks are copies, so they meet here

    private final RedissonClient client;
    private final RExecutorService executor;
    private final int threads;

    RedissonPeer(String url, int threads) {
        Config config = new Config();
        config.useSingleServer().setAddress(url);
        this.client = Redisson.create(config);
        this.executor = client.getExecutorService(NAME);
        this.threads = threads;
    }

    void enqueue(int jobs) throws Exception {
        Threads.run(threads, thread -> () -> {
            for (int i = 0; i < Threads.share(jobs, threads, thread); i++) {
                executor.execute(new Noop("hello", i));
            }
        });
    }

    void execute(int jobs) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(jobs);
        done = latch;
        executor.registerWorkers(WorkerOptions.defaults().workers(threads));
        latch.await();
    }

    @Override
    public void close() {
        client.shutdown();
    }

    /** A job that does nothing. */
    public record Noop(String text, int number) implements Runnable, Serializable {
        @Override
        public void run() {
            CountDownLatch latch = done;
            if (latch != null) {
                latch.countDown();
            }
        }
    }
}
