package io.goose.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.FaultyBroker;
import io.goose.engine.LogCapture;
import io.goose.engine.TestThreads;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.Observation;
import io.goose.engine.observe.Observers;
import io.goose.engine.run.JobScope;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Outbox;
import io.goose.tck.TestJobs;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class RelayTest {

    private static final Instant ENQUEUED = Instant.parse("2026-01-01T00:00:00Z");

    /** An outbox of which another process sends what this one could not. */
    private static final class Shared implements Outbox {
        private final List<Set<String>> rounds = new CopyOnWriteArrayList<>();

        @Override
        public void write(String target, List<QueuedJob> jobs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int relay(
                String target, Set<String> except, int most, Function<List<QueuedJob>, List<Boolean>> sending) {
            rounds.add(except);
            if (rounds.size() > 1) {
                return 0;
            }
            assertThat(sending.apply(List.of(TestJobs.job("q")))).containsExactly(false);
            return 1;
        }
    }

    @Test
    void aQueueWhoseJobsAnotherProcessSent_isNotLookedForWithoutPause() {
        FaultyBroker away = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
        away.before(FaultyBroker.Call.SEND, () -> {
            throw new IllegalStateException("away");
        });
        Shared outbox = new Shared();
        TestThreads threads = new TestThreads();
        Relay relay = new Relay(
                "main", away, outbox, threads, new LostJobs(List.of(), JobScope.NONE, threads), Observation.OFF);
        try (LogCapture log = LogCapture.open()) {
            relay.wake();
            Eventually.until("it waits after a look at all that found nothing", () -> {
                int looks = outbox.rounds.size();
                return looks > 1 && outbox.rounds.get(looks - 1).isEmpty() && waits(threads);
            });
            int looks = outbox.rounds.size();
            assertThat(looks)
                    .as("looks, one of them without the queue that failed unless its pause was over by then")
                    .isLessThanOrEqualTo(3);
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-4309"));

            relay.wake();
            Eventually.until("it waits after one look more", () -> outbox.rounds.size() == looks + 1 && waits(threads));
            assertThat(outbox.rounds.get(looks)).isEmpty();
        } finally {
            relay.stop(Duration.ofSeconds(10));
        }
        Eventually.until("the thread ends", () -> threads.alive().isEmpty());
    }

    @Test
    void howLongAgoTheOldestWasEnqueued_isToldEachTime_whetherItCouldBeSentOrNot() {
        FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
        AtomicBoolean isAway = new AtomicBoolean(true);
        broker.before(FaultyBroker.Call.SEND, () -> {
            if (isAway.getAndSet(false)) {
                throw new IllegalStateException("away");
            }
        });
        List<Duration> lags = new CopyOnWriteArrayList<>();
        EngineObserver seeing = new EngineObserver() {
            @Override
            public void relayed(String of, Duration lag) {
                lags.add(lag);
            }
        };
        Observation observation = new Observation(
                "main", new Observers(List.of(seeing), System::nanoTime), () -> ENQUEUED.plusSeconds(7));
        TestThreads threads = new TestThreads();
        List<QueuedJob> kept =
                new CopyOnWriteArrayList<>(List.of(enqueued(ENQUEUED), enqueued(ENQUEUED.plusSeconds(5))));
        Outbox outbox = new Outbox() {
            @Override
            public void write(String target, List<QueuedJob> jobs) {
                throw new UnsupportedOperationException();
            }

            @Override
            public int relay(
                    String target, Set<String> except, int most, Function<List<QueuedJob>, List<Boolean>> sending) {
                List<QueuedJob> taken = except.isEmpty() ? List.copyOf(kept) : List.of();
                if (!taken.isEmpty() && !sending.apply(taken).contains(false)) {
                    kept.clear();
                }
                return taken.size();
            }
        };
        Relay relay = new Relay(
                "main", broker, outbox, threads, new LostJobs(List.of(), JobScope.NONE, threads), observation);
        try {
            relay.wake();
            Eventually.until("they are sent", () -> kept.isEmpty() && lags.size() == 2);
            assertThat(lags).containsOnly(Duration.ofSeconds(7));
        } finally {
            relay.stop(Duration.ofSeconds(10));
        }
    }

    private static QueuedJob enqueued(Instant at) {
        JobId id = JobId.of(UUID.randomUUID());
        Envelope envelope =
                Envelope.builder(id, "h", "q", JsonValue.EMPTY_JSON_ARRAY, at).build();
        return new QueuedJob("q", id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH);
    }

    private static boolean waits(TestThreads threads) {
        return threads.all().get(0).getState() == Thread.State.TIMED_WAITING;
    }
}
