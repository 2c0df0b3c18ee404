package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.JobCall;
import io.goose.RetryDelay;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.spi.Broker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Two workers and somebody who enqueues without end, while something happens to the database. Each job has a number; every
 * seventh fails in its first run and is retried.
 */
final class UnderLoad implements AutoCloseable {

    private static final String QUEUE = "load";
    private static final long PAUSE_NANOS = 1_000_000;
    private static final Duration OFF = Duration.ofHours(1);

    private final LogCapture log = LogCapture.open();
    private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();
    private final Set<Integer> unknown = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> runs = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable String> refusal = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final TestEngine client;
    private final List<TestEngine> workers;
    private final Thread sender = new Thread(this::send, "sender");

    /**
     * @param namespace where the brokers of the client and of the workers are; the clock of one worker is an hour ahead, that of
     *     the other an hour behind
     */
    UnderLoad(JdbcUnderTest namespace) {
        client = TestEngine.on(namespace.connect()).clientOnly().start();
        InstantSource clock = InstantSource.system();
        workers = List.of(
                worker(namespace.connect(), InstantSource.offset(clock, OFF)),
                worker(namespace.connect(), InstantSource.offset(clock, OFF.negated())));
        sender.start();
    }

    private TestEngine worker(Broker broker, InstantSource clock) {
        return TestEngine.on(broker)
                .queues(QUEUE)
                .clock(clock)
                .heartbeat(Duration.ofMillis(500))
                .job(
                        "note",
                        arguments -> {
                            int number = ((Number) arguments.get(0)).intValue();
                            if (runs.merge(number, 1, Integer::sum) == 1 && number % 7 == 0) {
                                throw new IllegalStateException("the first run of every seventh job");
                            }
                            return null;
                        },
                        int.class)
                .start();
    }

    private void send() {
        for (int number = 0; stop.getCount() > 0; number++) {
            try {
                var target = client.client()
                        .with(options -> options.queue(QUEUE).retryDelay(RetryDelay.fixed(Duration.ofSeconds(1))));
                JobCall call = JobCall.of("note", number);
                if (number % 5 == 0) {
                    target.performIn(Duration.ofMillis(500), call);
                } else {
                    target.performAsync(call);
                }
                accepted.add(number);
            } catch (EnqueueOutcomeUnknownException maybe) {
                unknown.add(number);
            } catch (BrokerUnavailableException away) {
                refusal.set(away.getMessage());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Waits until so many more jobs were accepted, and so many more run. */
    void awaitProgress(int jobs) {
        int acceptedBefore = accepted.size();
        int ranBefore = runs.size();
        Eventually.until("jobs are accepted", () -> accepted.size() >= acceptedBefore + jobs);
        Eventually.until("jobs run", () -> runs.size() >= ranBefore + jobs);
    }

    /** Waits until an enqueue is refused from now on; the message of the exception. */
    String awaitRefusal() {
        refusal.set(null);
        Eventually.until("an enqueue is refused", () -> refusal.get() != null);
        return String.valueOf(refusal.get());
    }

    /** Waits until a loop of a worker says that it failed. */
    void awaitFailingLoop() {
        Eventually.until("a loop fails", () -> log.messages().stream()
                .anyMatch(message ->
                        message.contains("GOOSE-4001") && message.contains("failed; it is tried again by itself")));
    }

    boolean hasLogged(String code) {
        return log.count(code) > 0;
    }

    /** Lets all be done. Each job that was accepted has run, by number; what was refused has not. */
    Map<Integer, Integer> finish() throws InterruptedException {
        stop.countDown();
        sender.join();
        client.drained(QUEUE);
        assertThat(runs.keySet()).containsAll(accepted);
        assertThat(accepted).isNotEmpty();
        assertThat(runs.keySet()).allMatch(number -> accepted.contains(number) || unknown.contains(number));
        assertThat(client.stats(QUEUE).dead() + client.stats(QUEUE).parked()).isZero();
        assertThat(workers).allMatch(worker -> worker.status().deadLoops().isEmpty());
        return Map.copyOf(runs);
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        sender.join();
        workers.forEach(TestEngine::close);
        client.close();
        log.close();
    }
}
