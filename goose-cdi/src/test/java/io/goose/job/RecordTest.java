package io.goose.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job's record and its parts. */
class RecordTest {

    private static final Instant ONE = Instant.ofEpochMilli(1_000);
    private static final Instant TWO = Instant.ofEpochMilli(2_000);
    private static final Failure FIRST = new Failure("A", "first", "");
    private static final Failure SECOND = new Failure("B", "second", "");

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void aFailureKeepsTypeMessageAndStack() {
        Failure failure = Failure.of(new ArithmeticException("/ by zero"));
        assertThat(failure.type()).isEqualTo("java.lang.ArithmeticException");
        assertThat(failure.message()).isEqualTo("/ by zero");
        assertThat(failure.stack())
                .startsWith("java.lang.ArithmeticException: / by zero")
                .contains("RecordTest");
        assertThat(Failure.of(new IllegalStateException()).message()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "漢", "🦢"})
    void aFailureIsBoundedInBytesAndNeverCutsACharacterInTwo(String character) {
        Failure failure = new Failure("T", character.repeat(20_000), character.repeat(20_000));
        assertThat(bytes(failure.message())).isBetween(Failure.MAX_MESSAGE_BYTES - 3, Failure.MAX_MESSAGE_BYTES);
        assertThat(bytes(failure.stack())).isBetween(Failure.MAX_STACK_BYTES - 3, Failure.MAX_STACK_BYTES);
        assertThat(failure.message()).matches("(" + character + ")+");
        String fits = character.repeat(Failure.MAX_MESSAGE_BYTES / bytes(character));
        assertThat(new Failure("T", fits, "").message()).isEqualTo(fits);
    }

    private static final class Hostile extends RuntimeException {
        private final Throwable thrown;

        private Hostile(Throwable thrown) {
            this.thrown = thrown;
        }

        @SuppressWarnings("unchecked")
        private <T extends Throwable> void fail() throws T {
            throw (T) thrown;
        }

        @Override
        public String getMessage() {
            this.<RuntimeException>fail();
            return "";
        }

        @Override
        public void printStackTrace(PrintStream s) {
            this.<RuntimeException>fail();
        }

        @Override
        public void printStackTrace(PrintWriter s) {
            this.<RuntimeException>fail();
        }
    }

    @Test
    void aThrowableWhoseMethodsThrowIsAFailureAllTheSame() {
        for (Throwable thrown : new Throwable[] {
            new IllegalStateException(),
            new StackOverflowError(),
            new NoClassDefFoundError("x"),
            new java.io.IOException()
        }) {
            Failure failure = Failure.of(new Hostile(thrown));
            assertThat(failure.type()).isEqualTo(Hostile.class.getName());
            assertThat(failure.message()).contains(thrown.getClass().getName());
            assertThat(failure.stack()).contains(thrown.getClass().getName());
        }
    }

    @Test
    void anIdIsAUuidInItsCanonicalForm() {
        UUID uuid = UUID.randomUUID();
        assertThat(JobId.of(uuid)).hasToString(uuid.toString());
        assertThat(JobId.of(uuid.toString().toUpperCase(java.util.Locale.ROOT))).isEqualTo(JobId.of(uuid));
        assertThat(JobId.of(uuid).isUuid()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1-1-1-1-1",
                "01890a5d-ac96-774b-bcce-b302099a805",
                "01890a5dxac96-774b-bcce-b302099a8057",
                "g1890a5d-ac96-774b-bcce-b302099a8057"
            })
    void whatIsNoUuidIsNoIdOfAnApplication(String text) {
        assertThatThrownBy(() -> JobId.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherProducersWrongIdCanBeHeldButIsKnownAsSuch() {
        assertThat(new JobId("not-a-uuid").isUuid()).isFalse();
        assertThatThrownBy(() -> new JobId("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobId("x".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFailureCountsAnAttemptAndAMoveAndClearsTheCrashes() {
        DeliveryState failed = DeliveryState.FRESH
                .withCrashes(2)
                .withNotBefore(ONE)
                .withUnknownSince(ONE)
                .afterFailure(FIRST, ONE);
        assertThat(failed.attempt()).isEqualTo(2);
        assertThat(failed.retryCount()).isEqualTo(1);
        assertThat(failed.moves()).isEqualTo(1);
        assertThat(failed.crashes()).isZero();
        assertThat(failed.lane()).isEqualTo(Lane.FRONT);
        assertThat(failed.notBefore()).isNull();
        assertThat(failed.unknownSince()).isNull();
        assertThat(failed.failures()).isEqualTo(new DeliveryState.Failures(ONE, ONE, null, FIRST));

        DeliveryState again = failed.afterFailure(SECOND, TWO);
        assertThat(again.failures()).isEqualTo(new DeliveryState.Failures(ONE, TWO, null, SECOND));
        assertThat(again.attempt()).isEqualTo(3);
    }

    @Test
    void aDeathCountsNoFurtherRunAndARepayStartsAnew() {
        DeliveryState dead = DeliveryState.FRESH.afterFailure(FIRST, ONE).afterDeath(SECOND, TWO);
        assertThat(dead.attempt()).isEqualTo(2);
        assertThat(dead.moves()).isEqualTo(1);
        assertThat(dead.failures()).isEqualTo(new DeliveryState.Failures(ONE, TWO, TWO, SECOND));

        DeliveryState replayed = dead.replayed();
        assertThat(replayed.attempt()).isEqualTo(1);
        assertThat(replayed.moves()).as("never reset").isEqualTo(2);
        assertThat(replayed.lane()).isEqualTo(Lane.FRONT);
        assertThat(replayed.failures().diedAt()).isNull();
        assertThat(replayed.failures().last()).as("kept to look at").isEqualTo(SECOND);
    }

    @Test
    void aSnoozeIsAMoveAndNoAttempt() {
        DeliveryState snoozed = DeliveryState.FRESH.withCrashes(1).afterSnooze();
        assertThat(snoozed.attempt()).isEqualTo(1);
        assertThat(snoozed.moves()).isEqualTo(1);
        assertThat(snoozed.crashes()).isZero();
    }

    @Test
    void aRecordThatSaysNothingIsFresh() {
        assertThat(DeliveryState.FRESH.isFresh()).isTrue();
        assertThat(DeliveryState.FRESH.withCrashes(1).isFresh()).isFalse();
        assertThat(DeliveryState.FRESH.withCrashes(1).withCrashes(0).isFresh()).isTrue();
        assertThatThrownBy(() -> new DeliveryState(0, 0, 0, Lane.BACK, null, null, DeliveryState.Failures.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
