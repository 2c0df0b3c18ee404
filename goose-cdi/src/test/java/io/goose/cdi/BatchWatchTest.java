package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.event.BatchCompleted;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** When a server looks whether batches are complete. */
class BatchWatchTest {

    private static final BatchId BATCH = BatchId.draw(Instant.EPOCH);

    private final List<BatchCompleted> completed = new ArrayList<>();
    private final List<Long> looks = new ArrayList<>(); // in ms
    private Supplier<Optional<BatchStatus>> answer = () -> Optional.of(status(BatchState.IN_PROGRESS));
    private long now;
    private final List<String> asked = new ArrayList<>(); // which brokers
    private final BatchWatch watch = new BatchWatch(
            (broker, id) -> {
                asked.add(broker);
                looks.add(now / 1_000_000);
                return answer.get();
            },
            completed::add,
            () -> now);

    private static BatchStatus status(BatchState state) {
        return new BatchStatus(BATCH, "default", state, true, BatchStatus.Counts.NONE, Instant.EPOCH, Instant.EPOCH);
    }

    private void until(Duration time) {
        while (now < time.toNanos()) {
            now += Duration.ofMillis(100).toNanos();
            watch.look();
        }
    }

    @Test
    void aBatchThatIsInProgress_isLookedAtEverMoreSeldom() {
        watch.see("main", BATCH);
        assertThat(watch.waitNanos(Long.MAX_VALUE)).isEqualTo(BatchWatch.FIRST.toNanos());
        until(Duration.ofMinutes(2));

        assertThat(looks).startsWith(200L, 600L, 1_400L, 3_000L, 6_200L, 12_600L, 25_400L, 51_000L, 81_000L);
        assertThat(completed).isEmpty();
    }

    @Test
    void whenAnotherJobEnds_itIsLookedAtWithinASecond_andNotMoreOften() {
        watch.see("main", BATCH);
        until(Duration.ofSeconds(30));
        looks.clear();
        watch.see("main", BATCH);
        until(Duration.ofMillis(30_500));
        watch.see("main", BATCH);
        until(Duration.ofSeconds(31));

        assertThat(looks).containsExactly(31_000L);
    }

    @Test
    void aCompleteOneIsToldOnce() {
        watch.see("main", BATCH);
        answer = () -> Optional.of(status(BatchState.SUCCESS));
        until(Duration.ofMinutes(5));

        assertThat(completed).containsExactly(new BatchCompleted("main", status(BatchState.SUCCESS)));
        assertThat(looks).hasSize(1);
        assertThat(watch.size()).isZero();
    }

    @Test
    void inAnOutageItIsLookedAtLater_andOneThatIsGoneIsForgotten() {
        watch.see("main", BATCH);
        answer = () -> {
            throw new BrokerUnavailableException("away", null);
        };
        until(Duration.ofMillis(200));
        assertThat(watch.size()).isEqualTo(1);

        answer = Optional::empty;
        until(Duration.ofMillis(600));
        assertThat(looks).containsExactly(200L, 600L);
        assertThat(watch.size()).isZero();
        assertThat(completed).isEmpty();
    }

    @Test
    void inAnOutageABrokerIsAskedOnceInARound_whateverWaits_andOthersAreAskedToo() {
        for (int i = 0; i < 100; i++) {
            watch.see("main", BatchId.draw(Instant.ofEpochMilli(i)));
        }
        watch.see("other", BATCH);
        answer = () -> {
            if (asked.get(asked.size() - 1).equals("main")) {
                throw new BrokerUnavailableException("away", null);
            }
            return Optional.of(status(BatchState.SUCCESS));
        };
        until(Duration.ofMillis(200));
        assertThat(asked).containsExactly("main", "other");
        assertThat(completed).hasSize(1);
        assertThat(watch.size()).isEqualTo(100);

        answer = Optional::empty;
        until(Duration.ofMillis(600));
        assertThat(asked).hasSize(102);
        assertThat(watch.size()).isZero();
    }

    @Test
    void oneThatCannotBeLookedAt_isForgotten() {
        watch.see("main", BATCH);
        answer = () -> {
            throw new IllegalStateException("no batches here");
        };
        assertThatThrownBy(() -> until(Duration.ofMillis(200))).hasMessage("no batches here");
        assertThat(watch.size()).isZero();
    }

    @Test
    void oneThatCannotBeLookedAt_keepsNoOtherFromItsRound() {
        watch.see("main", BATCH);
        watch.see("other", BATCH);
        watch.see("third", BATCH);
        answer = () -> {
            if (!asked.get(asked.size() - 1).equals("other")) {
                throw new IllegalStateException(asked.get(asked.size() - 1) + " has no batches");
            }
            return Optional.of(status(BatchState.SUCCESS));
        };
        assertThatThrownBy(() -> until(Duration.ofMillis(200)))
                .hasMessage("main has no batches")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
        assertThat(completed).containsExactly(new BatchCompleted("other", status(BatchState.SUCCESS)));
        assertThat(watch.size()).isZero();
    }

    @Test
    void ofTooMany_theOldestIsForgotten() {
        watch.see("main", BATCH);
        for (int i = 0; i < BatchWatch.MOST; i++) {
            watch.see("main", BatchId.draw(Instant.ofEpochMilli(i + 1)));
        }
        assertThat(watch.size()).isEqualTo(BatchWatch.MOST);
        watch.see("main", BATCH);
        assertThat(watch.size()).isEqualTo(BatchWatch.MOST);
    }
}
