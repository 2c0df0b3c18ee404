package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.CronLedger;
import io.goose.spi.CronLedger.Change;
import io.goose.spi.CronLedger.Due;
import io.goose.spi.CronLedger.Kept;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Recurring jobs: entries are kept, found when they are due, and changed by one of those who try, together with their jobs. */
public abstract class CronContract extends BrokerContract {

    private static final String OTHER = "tck-cron-other";
    private static final Duration FAR = Duration.ofDays(2);

    private CronLedger crons;

    @BeforeEach
    void needCron() {
        needs(Capability.CRON);
        crons = broker.crons();
    }

    private static Kept entry(String name, @Nullable Instant due) {
        return new Kept(name, QUEUE, "definition of " + name, "1", due, Kept.nextVersion(null));
    }

    private static Kept next(Kept was, String state, @Nullable Instant due) {
        return new Kept(was.name(), was.queue(), was.definition(), state, due, Kept.nextVersion(was));
    }

    private static QueuedJob tickJob(String queue) {
        return TestJobs.atFront(TestJobs.job(queue));
    }

    private boolean apply(@Nullable Kept was, Kept next, QueuedJob... jobs) {
        return crons.apply(List.of(new Change(was, next, List.of(jobs)))).get(0);
    }

    private Kept create(Kept entry) {
        assertThat(apply(null, entry)).isTrue();
        return entry;
    }

    private Kept found(String name) {
        return crons.find(name).orElseThrow(() -> new AssertionError(name + " is gone"));
    }

    /** All that is due, whatever goes into one answer; each is put off by {@code FAR}. */
    private Set<String> takeDue(int most) {
        Set<String> taken = new LinkedHashSet<>();
        Due due = crons.due(most);
        while (!due.entries().isEmpty()) {
            assertThat(due.entries()).hasSizeLessThanOrEqualTo(most);
            Instant later = due.now().plus(FAR);
            List<Change> changes = new ArrayList<>();
            for (Kept kept : due.entries()) {
                taken.add(kept.name());
                changes.add(new Change(kept, next(kept, "2", later), List.of()));
            }
            assertThat(crons.apply(changes)).containsOnly(true);
            due = crons.due(most);
        }
        return taken;
    }

    @Test
    @DisplayName("6.3 cron-entries-test: an entry is found as it was written, and can be deleted and made again")
    void anEntryIsKeptUntilItIsDeleted() {
        Instant due = crons.now().plus(FAR);
        Kept entry = create(new Kept(
                "Täglich: 'a' \"b\" {c} 🦢", QUEUE, "d|\n{\"x\":\"ü\"}", "1|2|3", due, Kept.nextVersion(null)));

        assertThat(connect().crons().find(entry.name())).contains(entry);
        assertThat(crons.size()).isEqualTo(1);
        assertThat(crons.find("another")).isEmpty();
        assertThat(apply(null, entry("Täglich: 'a' \"b\" {c} 🦢", due)))
                .as("made twice")
                .isFalse();

        assertThat(crons.delete(entry.name())).isTrue();
        assertThat(crons.find(entry.name())).isEmpty();
        assertThat(crons.delete(entry.name())).isFalse();
        assertThat(apply(entry, next(entry, "2", due)))
                .as("changed when it is gone")
                .isFalse();

        create(entry("Täglich: 'a' \"b\" {c} 🦢", due));
        assertThat(crons.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("6.3 cron-get-all: entries are listed by name, page by page")
    void entriesAreListedByName() {
        for (String name : List.of("c", "a", "e", "b", "d")) {
            create(entry(name, crons.now().plus(FAR)));
        }

        assertThat(names(crons.list(0, 10))).containsExactly("a", "b", "c", "d", "e");
        assertThat(names(crons.list(0, 2))).containsExactly("a", "b");
        assertThat(names(crons.list(3, 10))).containsExactly("d", "e");
        assertThat(crons.list(5, 10)).isEmpty();
    }

    private static List<String> names(List<Kept> entries) {
        return entries.stream().map(Kept::name).toList();
    }

    @Test
    @DisplayName("6.4 due-cron-entries-test: due when its time has come, not before")
    void anEntryIsDueWhenItsTimeHasCome() {
        Instant soon = crons.now().plus(Duration.ofMillis(300));
        Kept second = create(entry("second", soon.plusMillis(2)));
        Kept first = create(entry("first", soon));
        create(entry("paused", null));
        create(entry("far", soon.plus(FAR)));

        Due before = crons.due(10);
        if (before.now().isBefore(soon)) {
            assertThat(before.entries()).isEmpty();
            assertThat(before.untilNext()).isBetween(Duration.ZERO, Duration.ofMillis(301));
        }
        eventually("its time has come", () -> !crons.now().isBefore(soon.plusMillis(2)));

        Due due = crons.due(10);
        assertThat(due.entries()).containsExactly(first, second);
        assertThat(due.now()).isAfterOrEqualTo(soon);
        assertThat(due.untilNext()).isBetween(FAR.minusMinutes(1), FAR);
        assertThat(crons.due(1).entries()).containsExactly(first);
        assertThat(crons.due(1).untilNext()).isEqualTo(Duration.ZERO);
        assertThat(takeDue(1)).containsExactly("first", "second");
        assertThat(crons.due(10).entries()).isEmpty();
    }

    @Test
    @DisplayName(
            "6.4 find-and-enqueue-cron-entries-test: a tick enqueues its job in the same step, and is not due again")
    void aTickEnqueuesItsJob() {
        Kept entry = create(entry("tick", crons.now()));
        QueuedJob behind = sendOne();
        QueuedJob job = tickJob(QUEUE);
        Kept due = crons.due(10).entries().get(0);

        assertThat(apply(due, next(due, "2", crons.now().plus(FAR)), job)).isTrue();

        assertThat(crons.due(10).entries()).isEmpty();
        assertThat(found("tick").state()).isEqualTo("2");
        assertThat(found("tick").definition()).isEqualTo(entry.definition());
        assertThat(drainSoon(open(), 2)).containsExactlyInAnyOrder(job.id(), behind.id());
    }

    @Test
    void theJobOfATickGoesToTheFrontAndEndsTheWaitOfAWorker() {
        needsAskedJobs();
        Session worker = openElsewhere();
        QueuedJob job = tickJob(QUEUE);
        sendOne();
        Kept entry = create(entry("front", crons.now()));
        assertThat(apply(entry, next(entry, "2", null), job)).isTrue();

        Lease first = leaseSoon(worker);

        assertThat(first.job().id()).isEqualTo(job.id());
        assertThat(first.job().envelope()).isEqualTo(job.envelope());
        assertThat(first.job().state().attempt()).isEqualTo(1);
    }

    @Test
    @DisplayName("R24: of several workers that try the same tick one succeeds, and there is one job")
    void ofSeveralWhoTryOneSucceeds() {
        int rounds = 25;
        int threads = 4;
        List<CronLedger> connections =
                IntStream.range(0, threads).mapToObj(i -> connect().crons()).toList();
        Queue<JobId> winners = new ConcurrentLinkedQueue<>();
        Kept entry = create(entry("raced", crons.now()));
        for (int round = 0; round < rounds; round++) {
            Kept was = entry;
            AtomicInteger won = new AtomicInteger();
            Together.run(threads, thread -> {
                QueuedJob job = tickJob(QUEUE);
                Change change = new Change(was, next(was, "x", was.due()), List.of(job));
                if (connections.get(thread).apply(List.of(change)).get(0)) {
                    won.incrementAndGet();
                    winners.add(job.id());
                }
            });
            assertThat(won).hasValue(1);
            entry = found("raced");
            assertThat(entry.number()).isEqualTo(was.number() + 1);
        }

        assertThat(drainSoon(open(), rounds)).containsExactlyInAnyOrderElementsOf(winners);
    }

    @Test
    @DisplayName("R24: workers that take all that is due at the same time enqueue each tick once")
    void manyDueEntriesAreTickedOnceEach() {
        int entries = 120;
        Instant now = crons.now();
        List<Change> making = IntStream.range(0, entries)
                .mapToObj(i -> new Change(null, entry("many-" + i, now), List.of()))
                .toList();
        assertThat(crons.apply(making)).hasSize(entries).containsOnly(true);
        Queue<JobId> won = new ConcurrentLinkedQueue<>();

        Together.run(3, thread -> {
            CronLedger mine = connect().crons();
            for (Due due = mine.due(50); !due.entries().isEmpty(); due = mine.due(50)) {
                List<Change> changes = new ArrayList<>();
                for (Kept kept : due.entries()) {
                    changes.add(new Change(kept, next(kept, "2", null), List.of(tickJob(QUEUE))));
                }
                List<Boolean> applied = mine.apply(changes);
                for (int i = 0; i < applied.size(); i++) {
                    if (applied.get(i)) {
                        won.add(changes.get(i).jobs().get(0).id());
                    }
                }
            }
        });

        assertThat(won).hasSize(entries);
        assertThat(drainSoon(open(), entries)).containsExactlyInAnyOrderElementsOf(won);
    }

    @Test
    @DisplayName("a change whose reply was lost is repeated: it counts as applied, and enqueues nothing again")
    void aRepeatedChangeIsAppliedOnce() {
        Instant far = crons.now().plus(FAR);
        Kept entry = create(entry("repeated", crons.now()));
        assertThat(apply(null, entry)).as("made again by the same change").isTrue();
        QueuedJob job = tickJob(QUEUE);
        Kept next = next(entry, "2", far);

        assertThat(apply(entry, next, job)).isTrue();
        assertThat(apply(entry, next, job)).isTrue();

        Session worker = open();
        assertThat(drainSoon(worker, 1)).containsExactly(job.id());
        assertThat(apply(entry, next, job)).as("when its job has ended").isTrue();
        underTest.advance(Duration.ofMillis(50));
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    void aChangeOfWhatHasChangedDoesNothing() {
        Kept entry = create(entry("stale", crons.now()));
        Kept second = next(entry, "2", entry.due());
        assertThat(apply(entry, second)).isTrue();

        assertThat(apply(entry, next(entry, "3", null), tickJob(QUEUE))).isFalse();

        assertThat(found("stale")).isEqualTo(second);
        underTest.advance(Duration.ofMillis(50));
        assertThat(drain(open())).isEmpty();
    }

    @Test
    void aMarkedJobThatWasEnqueuedBeforeIsNotAddedAgain() {
        QueuedJob job = TestJobs.marked(tickJob(QUEUE));
        Session worker = open();
        Kept entry = create(entry("twice", crons.now()));
        assertThat(apply(entry, next(entry, "2", null), job)).isTrue();
        assertThat(drainSoon(worker, 1)).containsExactly(job.id());
        assertThat(crons.delete("twice")).isTrue();

        Kept again = create(entry("twice", crons.now()));
        assertThat(apply(again, next(again, "2", null), job)).isTrue();

        underTest.advance(Duration.ofMillis(50));
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    void aJobThatIsThereIsNotAddedAgain() {
        QueuedJob job = TestJobs.marked(tickJob(QUEUE));
        send(job);
        Kept entry = create(entry("there", crons.now()));

        assertThat(apply(entry, next(entry, "2", null), job)).isTrue();

        Session worker = open();
        assertThat(drainSoon(worker, 1)).containsExactly(job.id());
        underTest.advance(Duration.ofMillis(50));
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    @DisplayName("R23: what is replaced keeps its due tick if that is written again, and its name")
    void anEntryCanBeReplacedWhileItIsDue() {
        Kept entry = create(entry("replaced", crons.now()));
        Kept replaced =
                new Kept("replaced", QUEUE, "another definition", entry.state(), entry.due(), Kept.nextVersion(entry));

        assertThat(apply(entry, replaced)).isTrue();

        assertThat(crons.due(10).entries()).containsExactly(replaced);
        assertThat(crons.size()).isEqualTo(1);
    }

    @Test
    void anEntryMovesToAnotherQueue() {
        Kept entry = create(entry("moving", crons.now()));
        Kept moved = new Kept("moving", OTHER, "moved", "3", entry.due(), Kept.nextVersion(entry));

        assertThat(apply(entry, moved)).isTrue();
        assertThat(apply(entry, moved)).as("repeated").isTrue();

        assertThat(connect().crons().find("moving")).contains(moved);
        assertThat(crons.size()).isEqualTo(1);
        assertThat(crons.due(10).entries()).containsExactly(moved);
        assertThat(apply(entry, next(entry, "x", null), tickJob(QUEUE)))
                .as("where it was")
                .isFalse();
        QueuedJob job = tickJob(OTHER);
        assertThat(apply(moved, next(moved, "4", crons.now().plus(FAR)), job)).isTrue();
        Session worker = open(QUEUE, OTHER);
        assertThat(leaseSoon(worker, OTHER).job().id()).isEqualTo(job.id());
        assertThat(drain(worker)).isEmpty();

        Kept there = found("moving");
        Kept back = new Kept("moving", QUEUE, "back", "5", null, Kept.nextVersion(there));
        assertThat(apply(there, back)).isTrue();
        assertThat(found("moving")).isEqualTo(back);
        assertThat(crons.delete("moving")).isTrue();
        assertThat(crons.find("moving")).isEmpty();
        assertThat(crons.size()).isZero();
    }

    @Test
    void aJobIsUnderWayUntilItIsOver() {
        Session worker = open();
        Kept entry = create(entry("under-way", crons.now()));
        QueuedJob job = tickJob(QUEUE);
        assertThat(crons.isUnderWay(QUEUE, job.id())).isFalse();
        assertThat(apply(entry, next(entry, "2", null), job)).isTrue();
        assertThat(crons.isUnderWay(QUEUE, job.id())).as("it waits").isTrue();
        assertThat(crons.isUnderWay(OTHER, job.id())).isFalse();

        Lease lease = leaseSoon(worker);
        assertThat(crons.isUnderWay(QUEUE, job.id())).as("it runs").isTrue();
        apply(worker, lease, new Outcome.Snooze(Duration.ofMillis(50)));
        assertThat(crons.isUnderWay(QUEUE, job.id())).as("it is scheduled").isTrue();
        apply(worker, leaseSoon(worker), Outcome.Done.INSTANCE);
        assertThat(crons.isUnderWay(QUEUE, job.id())).as("it is over").isFalse();
    }

    @Test
    void largeEntriesComeInSeveralAnswers() {
        char[] large = new char[200_000];
        Arrays.fill(large, 'x');
        Collection<String> expected = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Kept small = entry("large-" + i, crons.now());
            create(new Kept(small.name(), QUEUE, new String(large), "1", small.due(), small.version()));
            expected.add(small.name());
        }

        assertThat(takeDue(CronLedger.MOST)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aMoveTakesNoJobsAlong() {
        Kept entry = entry("both", crons.now());
        Kept moved = new Kept("both", OTHER, "d", "2", null, Kept.nextVersion(entry));

        assertThatThrownBy(() -> new Change(entry, moved, List.of(tickJob(OTHER))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
