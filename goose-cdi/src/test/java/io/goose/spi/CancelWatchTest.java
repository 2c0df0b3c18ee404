package io.goose.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.engine.LogCapture;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CancelWatchTest {

    private final BlockingQueue<Thread> made = new LinkedBlockingQueue<>();

    private final WorkerThreads threads = (name, body) -> {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        made.add(thread);
        return thread;
    };

    @Test
    void whatFails_isTriedAgain_andIsToldOnce() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(3);
        try (LogCapture log = LogCapture.open();
                CancelWatch watch = new CancelWatch(threads, () -> {
                    third.countDown();
                    if (looks.incrementAndGet() < 3) {
                        throw new IllegalStateException("the database is away");
                    }
                })) {
            watch.start();

            assertThat(third.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("the database is away"))
                    .singleElement()
                    .asString()
                    .startsWith("INFO GOOSE-2322");
        }
    }

    @Test
    void startedTwice_hasOneThread_whichEndsWithIt() {
        CancelWatch watch = new CancelWatch(threads, () -> {});
        watch.start();
        watch.start();

        watch.close();

        assertThat(made).hasSize(1);
        assertThat(made.remove().isAlive()).isFalse();
        watch.start();
        assertThat(made).isEmpty();
    }

    @Test
    void withoutAThread_saysSo() {
        try (LogCapture log = LogCapture.open();
                CancelWatch watch = new CancelWatch(
                        (name, body) -> {
                            throw new RejectedExecutionException("the server stops");
                        },
                        () -> {})) {
            watch.start();

            assertThat(log.messages()).anyMatch(message -> message.startsWith("WARNING GOOSE-2321"));
        }
    }
}
