package io.goose.engine.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.CronEntry;
import io.goose.CronEntry.Missed;
import io.goose.CronEntry.Overlap;
import io.goose.engine.cron.CronState.Phase;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.CronLedger.Kept;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private static final EnvelopeCodec CODEC = new EnvelopeCodec();
    private static final Instant TICK = Instant.parse("2026-03-04T05:00:00Z");
    private static final Predicate<JobId> OVER = job -> false;
    private static final Predicate<JobId> UNDER_WAY = job -> true;

    private static final CronEntry EACH_MINUTE =
            CronEntry.named("x").schedule("* * * * *").zone("UTC");

    static Definition definition(CronEntry entry) {
        JobId id = JobId.random();
        Envelope envelope = Envelope.builder(id, "handler", "mail", JsonValue.EMPTY_JSON_ARRAY, TICK)
                .tags(List.of("t"))
                .headers(Map.of("a", "b"))
                .retry(new Envelope.Retry(3, "mail-retry", false, null))
                .deadline(TICK.plusSeconds(60))
                .origin(new Envelope.Origin("lib", "1", "host"))
                .build();
        return Definition.of(entry, new QueuedJob("mail", id, CODEC.encode(envelope), DeliveryState.FRESH), CODEC);
    }

    private static Decision decide(CronEntry entry, CronState state, Instant now, Predicate<JobId> underWay) {
        return Decision.of(definition(entry), state, now, underWay);
    }

    private static Instant minute(int number) {
        return TICK.plusSeconds(60L * number);
    }

    @Test
    void aTickInTime_hasItsJobWhateverThePolicy() {
        for (Missed missed : Missed.values()) {
            Decision decision = decide(EACH_MINUTE.missed(missed), CronState.first(TICK), TICK.plusMillis(3), OVER);

            assertThat(decision.ticks()).containsExactly(TICK);
            assertThat(decision.next().tick()).isEqualTo(minute(1));
            assertThat(decision.next().last()).isEqualTo(TICK);
            assertThat(decision.next().lastJob())
                    .isEqualTo(definition(EACH_MINUTE).id(TICK));
            assertThat(decision.due()).isEqualTo(minute(1));
            assertThat(decision.droppedSince()).isNull();
        }
    }

    @Test
    void beforeItsTime_nothingHappens() {
        Decision decision = decide(EACH_MINUTE, CronState.first(TICK), TICK.minusMillis(1), OVER);

        assertThat(decision.ticks()).isEmpty();
        assertThat(decision.next()).isEqualTo(CronState.first(TICK));
        assertThat(decision.due()).isEqualTo(TICK);
    }

    @Test
    void missedTicks_areMadeUpForByOne() {
        Decision decision = decide(EACH_MINUTE, CronState.first(TICK), minute(7).plusMillis(5), OVER);

        assertThat(decision.ticks()).containsExactly(minute(7));
        assertThat(decision.next().tick()).isEqualTo(minute(8));
    }

    @Test
    void missedTicks_areLeftOutWhenTheyAreLate() {
        CronEntry hourly = EACH_MINUTE.schedule("0 * * * *").missed(Missed.SKIP);

        Decision late =
                decide(hourly, CronState.first(TICK), TICK.plus(Decision.PROMPT).plusMillis(1), OVER);
        assertThat(late.ticks()).isEmpty();
        assertThat(late.next().tick()).isEqualTo(TICK.plus(Duration.ofHours(1)));
        assertThat(late.next().last()).isNull();

        Decision prompt = decide(hourly, CronState.first(TICK), TICK.plus(Decision.PROMPT), OVER);
        assertThat(prompt.ticks()).containsExactly(TICK);

        Instant threeLater = TICK.plus(Duration.ofHours(3));
        assertThat(decide(hourly, CronState.first(TICK), threeLater.plusSeconds(2), OVER)
                        .ticks())
                .containsExactly(threeLater);
    }

    @Test
    void missedTicks_areAllMadeUpFor_theLatestIfTheyAreTooMany() {
        Decision all = decide(EACH_MINUTE.missedAll(5), CronState.first(TICK), minute(4), OVER);
        assertThat(all.ticks()).containsExactly(minute(0), minute(1), minute(2), minute(3), minute(4));
        assertThat(all.droppedSince()).isNull();

        Decision some = decide(EACH_MINUTE.missedAll(5), CronState.first(TICK), minute(100), OVER);
        assertThat(some.ticks()).containsExactly(minute(96), minute(97), minute(98), minute(99), minute(100));
        assertThat(some.droppedSince()).isEqualTo(TICK);
        assertThat(some.next().tick()).isEqualTo(minute(101));
    }

    @Test
    void aPausedEntry_doesNothing() {
        CronState paused = CronState.first(TICK).with(Phase.PAUSED);

        assertThat(decide(EACH_MINUTE, paused, minute(9), OVER)).isEqualTo(new Decision(List.of(), paused, null, null));
    }

    @Test
    void whileTheFormerJobIsUnderWay_theTickIsEnqueuedAllTheSame() {
        CronState state = CronState.first(TICK).after(minute(-1), JobId.random());

        assertThat(decide(EACH_MINUTE, state, TICK, UNDER_WAY).ticks()).containsExactly(TICK);
    }

    @Test
    void whileTheFormerJobIsUnderWay_theTickIsLeftOut() {
        JobId former = JobId.random();
        CronState state = CronState.first(TICK).after(minute(-1), former);
        CronEntry entry = EACH_MINUTE.overlap(Overlap.SKIP);

        Decision skipped = decide(entry, state, TICK, former::equals);
        assertThat(skipped.ticks()).isEmpty();
        assertThat(skipped.next().tick()).isEqualTo(minute(1));
        assertThat(skipped.next().last()).isEqualTo(minute(-1));
        assertThat(skipped.next().lastJob()).isEqualTo(former);

        assertThat(decide(entry, skipped.next(), minute(1), OVER).ticks()).containsExactly(minute(1));
    }

    @Test
    void whileTheFormerJobIsUnderWay_oneTickWaits() {
        CronState state = CronState.first(TICK).after(minute(-1), JobId.random());
        CronEntry entry = EACH_MINUTE.overlap(Overlap.QUEUE_ONE).missed(Missed.SKIP);

        Decision held = decide(entry, state, TICK, UNDER_WAY);
        assertThat(held.ticks()).isEmpty();
        assertThat(held.next().tick()).isEqualTo(TICK);
        assertThat(held.due()).isEqualTo(TICK.plus(Decision.AGAIN));

        Decision still = decide(entry, held.next(), minute(2).plusSeconds(1), UNDER_WAY);
        assertThat(still.next().isHeld()).isTrue();

        Decision free = decide(entry, still.next(), minute(4).plusSeconds(30), OVER);
        assertThat(free.ticks()).containsExactly(minute(4));
        assertThat(free.next().isHeld()).isFalse();
        assertThat(free.next().tick()).isEqualTo(minute(5));

        // What waited is not missed, however long that took.
        CronEntry daily = entry.schedule("@daily");
        CronState heldAtMidnight =
                CronState.first(Instant.parse("2026-03-04T00:00:00Z")).with(Phase.HELD);
        assertThat(decide(daily, heldAtMidnight, TICK, OVER).ticks())
                .containsExactly(Instant.parse("2026-03-04T00:00:00Z"));
    }

    @Test
    void missedTicksThatMustNotOverlap_areMadeUpForByOne() {
        CronEntry entry = EACH_MINUTE.missedAll(5).overlap(Overlap.SKIP);

        assertThat(decide(entry, CronState.first(TICK), minute(3), OVER).ticks())
                .containsExactly(minute(3));
    }

    @Test
    @DisplayName("jitter: the same for everybody, within its bounds, spread, and never past the next tick")
    void jitter_isBounded() {
        Definition ten = definition(EACH_MINUTE.jitter(Duration.ofSeconds(10)));
        List<Long> delays = IntStream.range(0, 500)
                .mapToObj(i -> Duration.between(minute(i), ten.due(minute(i))).toMillis())
                .toList();

        assertThat(delays).allMatch(millis -> millis >= 0 && millis <= 10_000);
        assertThat(delays.stream().filter(millis -> millis < 5_000).count()).isBetween(150L, 350L);
        assertThat(definition(EACH_MINUTE.jitter(Duration.ofSeconds(10))).due(TICK))
                .isEqualTo(ten.due(TICK));
        assertThat(definition(EACH_MINUTE).due(TICK)).isEqualTo(TICK);

        Definition wide = definition(EACH_MINUTE.jitter(Duration.ofHours(10)));
        assertThat(IntStream.range(0, 100).mapToObj(DecisionTest::minute))
                .allMatch(tick -> wide.due(tick).isBefore(tick.plusSeconds(60))
                        && !wide.due(tick).isBefore(tick));
    }

    @Test
    void aTickWhoseJitterHasNotPassed_isNotDue() {
        CronEntry entry = EACH_MINUTE.jitter(Duration.ofSeconds(50)).missedAll(10);
        Definition what = definition(entry);
        Instant due = what.due(minute(1));

        Decision early = decide(entry, CronState.first(TICK), due.minusMillis(1), OVER);
        assertThat(early.ticks()).containsExactly(TICK);
        assertThat(early.next().tick()).isEqualTo(minute(1));
        assertThat(early.due()).isEqualTo(due);
        assertThat(decide(entry, early.next(), due, OVER).ticks()).containsExactly(minute(1));
    }

    @Test
    @DisplayName("the job of a tick has an id of name@tick, says which tick it is, and all that the template says")
    void theJobOfATick() throws UndecodableEnvelopeException {
        Definition what = definition(EACH_MINUTE);
        Envelope.Origin origin = new Envelope.Origin("goose-java", "2", "worker");

        QueuedJob job = what.job(TICK, TICK.plusSeconds(5), origin, CODEC);

        assertThat(job.id())
                .isEqualTo(definition(EACH_MINUTE.overlap(Overlap.SKIP)).id(TICK));
        assertThat(job.id().value().charAt(14)).isEqualTo('5');
        assertThat(job.id()).isNotEqualTo(what.id(minute(1)));
        assertThat(job.marked()).isFalse();
        assertThat(job.queue()).isEqualTo("mail");
        Envelope envelope = CODEC.decode(job.envelope());
        assertThat(envelope.cron()).contains(new Envelope.Cron("x", TICK));
        assertThat(envelope.id()).isEqualTo(job.id());
        assertThat(envelope.enqueuedAt()).isEqualTo(TICK.plusSeconds(5));
        assertThat(envelope.deadline()).contains(TICK.plusSeconds(65));
        assertThat(envelope.origin()).contains(origin);
        assertThat(envelope.retry()).contains(new Envelope.Retry(3, "mail-retry", false, null));
        assertThat(envelope.tags()).containsExactly("t");
        assertThat(envelope.headers()).isEqualTo(Map.of("a", "b"));
    }

    @Test
    void definitionsAndStates_areReadAsTheyWereWritten() {
        CronEntry entry = CronEntry.named("n|a:m e")
                .schedule("0 3 * * MON-FRI")
                .zone("Europe/Paris")
                .missedAll(7)
                .overlap(Overlap.QUEUE_ONE)
                .jitter(Duration.ofMillis(1500));
        Definition what = definition(entry);
        Kept kept = new Kept("n|a:m e", "mail", what.text(), "", null, Kept.nextVersion(null));

        Definition read = Definition.of(kept, CODEC);
        assertThat(read.entry()).isEqualTo(entry);
        assertThat(read.text()).isEqualTo(what.text());
        assertThat(read.queues()).containsExactly("mail", "mail-retry");
        assertThat(definition(entry).text()).as("whoever registers it").isEqualTo(what.text());

        CronState state =
                CronState.first(TICK).after(minute(-1), JobId.random()).with(Phase.HELD);
        assertThat(CronState.parse(state.text())).isEqualTo(state);
        CronState empty = new CronState(null, null, null, Phase.PAUSED);
        assertThat(CronState.parse(empty.text())).isEqualTo(empty);
    }

    @Test
    void whatAnotherVersionWrote_isNotGuessed() {
        Kept foreign = new Kept("x", "mail", "2|whatever\n{}", "", null, "1.a");

        assertThatThrownBy(() -> Definition.of(foreign, CODEC)).isInstanceOf(IllegalArgumentException.class);
        Kept elsewhere =
                new Kept("x", "mail", definition(EACH_MINUTE).text().replace("UTC", "Mars/Olympus"), "", null, "1.a");
        assertThatThrownBy(() -> Definition.of(elsewhere, CODEC)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CronState.parse("2|1||")).isInstanceOf(IllegalArgumentException.class);
    }
}
