package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.JobCall;
import io.goose.JobNotSucceededException;
import io.goose.JobStatus;
import io.goose.JobStatus.State;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for ends of jobs without a thread for each who waits. */
@Timeout(60)
class AwaitingTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final MemoryBroker broker = MemoryBroker.withClock(InstantSource.system());
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicBoolean away = new AtomicBoolean();
    private final TestEngine engine = TestEngine.on(unreliable(broker.connect()))
            .retryMax(0)
            .resultRetention(Duration.ofDays(2))
            .job(
                    "twice",
                    arguments -> {
                        end.await();
                        return 2 * ((Number) arguments.get(0)).intValue();
                    },
                    int.class)
            .build();

    @AfterEach
    void close() {
        end.countDown();
        engine.close();
    }

    private Broker unreliable(Broker real) {
        return (Broker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                    if (away.get() && method.getName().equals("find")) {
                        throw new BrokerUnavailableException("away", null);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private JobId job(int number) {
        return engine.client().with(o -> o.keepResult()).performAsync(JobCall.of("twice", number));
    }

    private static <T> T get(CompletableFuture<T> stage) throws Exception {
        return stage.get(60, TimeUnit.SECONDS);
    }

    @Test
    void hundredsWhoWait_areToldByOneThread() throws Exception {
        engine.start();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(engine.client()
                    .awaitAsync(job(i), Integer.class, LONG)
                    .thenApply(result -> {
                        threads.add(Thread.currentThread());
                        return result.orElseThrow();
                    })
                    .toCompletableFuture());
        }
        assertThat(all).noneMatch(CompletableFuture::isDone);
        end.countDown();

        for (int i = 0; i < 300; i++) {
            assertThat(get(all.get(i))).isEqualTo(2 * i);
        }
        assertThat(threads).hasSize(1).allMatch(thread -> thread.getName().contains("goose-awaiting"));
    }

    @Test
    void whatHasNotEndedInTime_isGivenAsItIs_andIsNoResult() throws Exception {
        JobId id = job(1);
        JobStatus status =
                get(engine.client().awaitAsync(id, Duration.ofMillis(20)).toCompletableFuture());
        assertThat(status.state()).isEqualTo(State.WAITING);
        assertThatThrownBy(() -> get(engine.client()
                        .awaitAsync(id, Integer.class, Duration.ZERO)
                        .toCompletableFuture()))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(JobNotSucceededException.class)
                .hasMessageContaining("GOOSE-2285");
    }

    @Test
    void aBrokerThatCannotBeReached_endsTheWaiting_andNobodyElses() throws Exception {
        engine.start();
        JobId id = job(4);
        away.set(true);
        CompletableFuture<JobStatus> fails =
                engine.client().awaitAsync(id, LONG).toCompletableFuture();
        assertThatThrownBy(() -> get(fails)).hasCauseInstanceOf(BrokerUnavailableException.class);
        away.set(false);

        CompletableFuture<Optional<Integer>> later =
                engine.client().awaitAsync(id, Integer.class, LONG).toCompletableFuture();
        end.countDown();
        assertThat(get(later)).contains(8);
    }

    @Test
    void whoeverWaitsWhenGooseStops_isToldSo() {
        CompletableFuture<JobStatus> waits =
                engine.client().awaitAsync(job(1), LONG).toCompletableFuture();
        engine.close();
        assertThatThrownBy(waits::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(GooseException.class)
                .hasMessageContaining("GOOSE-2314");
        assertThatThrownBy(() -> engine.client()
                        .awaitAsync(new JobId("later"), LONG)
                        .toCompletableFuture()
                        .join())
                .hasMessageContaining("GOOSE-2314");
    }

    @Test
    void aResultWithoutATime_isKeptForAsLongAsIsConfigured() throws Exception {
        assertThat(broker.find("default", job(1)).orElseThrow().job().envelope().text())
                .contains("\"keep\":172800000");
        JobId own =
                engine.client().with(o -> o.keepResult(Duration.ofSeconds(3))).performAsync(JobCall.of("twice", 1));
        assertThat(broker.find("default", own).orElseThrow().job().envelope().text())
                .contains("\"keep\":3000");
    }
}
