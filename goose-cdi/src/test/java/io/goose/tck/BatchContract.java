package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.BatchLedger.Added;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.BatchLedger.Result;
import io.goose.spi.Capability;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.MemberState;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Batches: each member is counted once by what it is now, however it got there, and the callbacks are enqueued once. */
public abstract class BatchContract extends BrokerContract {

    /** The system property with the number of jobs of the large batch. */
    public static final String JOBS_PROPERTY = "goose.tck.batch-jobs";

    private static final int JOBS = 1_500;

    private static final String OTHER = "tck-batch-other";
    private static final List<BatchState> STATES = List.of(BatchState.values());
    private static final Duration LINGER = Duration.ofHours(1);

    private BatchLedger batches;

    @BeforeEach
    void needBatch() {
        needs(Capability.BATCH);
        batches = broker.batches();
    }

    // --- making

    private static Plan plan(BatchId id, Duration linger) {
        Map<BatchState, List<QueuedJob>> callbacks = new EnumMap<>(BatchState.class);
        for (BatchState state : BatchState.values()) {
            if (state != BatchState.IN_PROGRESS) {
                callbacks.put(state, List.of(callback(id, state)));
            }
        }
        return new Plan(QUEUE, linger, callbacks);
    }

    /** Each state has a callback of its own, so that it can be seen which was enqueued. */
    private static QueuedJob callback(BatchId id, BatchState state) {
        return TestJobs.atFront(TestJobs.withId(QUEUE, id.callback(STATES.indexOf(state))));
    }

    private static List<QueuedJob> members(BatchId id, int from, int count, String queue) {
        return IntStream.range(from, from + count)
                .mapToObj(index -> TestJobs.withId(queue, id.member(index)))
                .toList();
    }

    private Added add(BatchId id, @Nullable Plan plan, int from, List<QueuedJob> members, boolean seal) {
        return batches.add(
                new Addition(id, plan, UUID.randomUUID().toString(), from, members, Set.of(QUEUE, OTHER), seal));
    }

    private List<QueuedJob> make(BatchId id, int count) {
        List<QueuedJob> jobs = members(id, 0, count, QUEUE);
        assertThat(add(id, plan(id, LINGER), 0, jobs, true)).isEqualTo(new Added(Result.ADDED, count));
        return jobs;
    }

    // --- looking

    private BatchStatus status(BatchId id) {
        return batches.find(id)
                .map(BatchLedger.Kept::status)
                .orElseThrow(() -> new AssertionError("batch " + id + " is gone"));
    }

    /** What becomes so at once, or in another slot soon. */
    private void assertCounts(BatchId id, int retrying, int success, int dead, int cancelled) {
        int total = status(id).counts().total();
        BatchStatus.Counts expected = new BatchStatus.Counts(total, retrying, success, dead, cancelled);
        eventually(
                "batch " + id + " has " + expected + ", not " + status(id).counts(),
                () -> status(id).counts().equals(expected));
    }

    private void assertInProgress(BatchId id) {
        assertThat(status(id).state()).isEqualTo(BatchState.IN_PROGRESS);
        assertThat(status(id).completed()).isNull();
    }

    private void assertCompleted(BatchId id, BatchState state) {
        eventually(
                "batch " + id + " is completed: " + status(id), () -> status(id).completed() != null);
        assertThat(status(id).state()).isEqualTo(state);
    }

    /** Runs the callback, which must be the only job that is ready. */
    private void runCallback(Session worker, BatchId id, BatchState state) {
        assertThat(drainSoon(worker, 1)).containsExactly(callback(id, state).id());
        assertThat(drain(worker)).isEmpty();
    }

    /** As many jobs as are ready, though some of them may be on their way to the session. */
    private List<Lease> leaseAll(Session worker, int count) {
        List<Lease> all = new ArrayList<>();
        eventually(count + " jobs can be leased", () -> {
            all.addAll(lease(worker, count - all.size()));
            return all.size() == count;
        });
        return all;
    }

    private static Outcome dead(Lease lease) {
        return new Outcome.Dead(lease.job().state().afterDeath(TestJobs.failure("dies"), Instant.EPOCH));
    }

    private static Outcome retry(Lease lease, Duration after, String queue) {
        return new Outcome.Retry(
                after, queue, lease.job().state().afterFailure(TestJobs.failure("fails"), Instant.EPOCH));
    }

    private void retryAtOnce(Session worker, Lease lease) {
        apply(worker, lease, retry(lease, Duration.ZERO, QUEUE));
    }

    // --- 6.2 perform-batch-test, 6.3 batch-test

    @Test
    @DisplayName("6.2 perform-batch-test, Enqueued -> Success; the callback goes ahead of what waits")
    void allSucceed() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 19);
        QueuedJob waiting = sendOne();
        Session worker = open();
        assertThat(status(id).counts().enqueued()).isEqualTo(19);
        assertInProgress(id);

        List<Lease> leases = leaseAll(worker, 19);
        assertThat(idsOf(leases))
                .isEqualTo(IntStream.range(0, 19).mapToObj(id::member).toList());
        done(worker, leases.subList(0, 18));
        assertCounts(id, 0, 18, 0, 0);
        assertInProgress(id);
        done(worker, leases.subList(18, 19));

        assertCompleted(id, BatchState.SUCCESS);
        assertCounts(id, 0, 19, 0, 0);
        List<JobId> rest = drainSoon(worker, 2);
        if (underTest.handing() == BrokerUnderTest.Handing.PUSHED) { // what waited is with the session already
            assertThat(rest)
                    .containsExactlyInAnyOrder(callback(id, BatchState.SUCCESS).id(), waiting.id());
        } else {
            assertThat(rest).containsExactly(callback(id, BatchState.SUCCESS).id(), waiting.id());
        }
    }

    @Test
    @DisplayName("6.2 perform-batch-test, Enqueued -> Retrying -> Success; R22: what is retried is counted as such")
    void retriedJobsAreCountedAsSuch() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 2);
        Session worker = open();

        leaseAll(worker, 2).forEach(lease -> retryAtOnce(worker, lease));
        assertCounts(id, 2, 0, 0, 0);
        assertThat(status(id).counts().enqueued()).isZero();
        done(worker, leaseAll(worker, 1));
        assertCounts(id, 1, 1, 0, 0);
        done(worker, leaseAll(worker, 1));

        assertCompleted(id, BatchState.SUCCESS);
        runCallback(worker, id, BatchState.SUCCESS);
    }

    @Test
    @DisplayName("6.2 perform-batch-test, Enqueued -> Retrying -> Dead, and Enqueued -> Dead")
    void allDie() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 2);
        Session worker = open();

        retryAtOnce(worker, leaseSoon(worker));
        List<Lease> leases = leaseAll(worker, 2);
        leases.forEach(lease -> apply(worker, lease, dead(lease)));

        assertCompleted(id, BatchState.DEAD);
        assertCounts(id, 0, 0, 2, 0);
        runCallback(worker, id, BatchState.DEAD);
    }

    @Test
    @DisplayName("6.2 perform-batch-test, Partial Success")
    void someDie() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 2);
        Session worker = open();
        List<Lease> leases = leaseAll(worker, 2);

        List<Verdict> verdicts = worker.settle(List.of(
                Settlement.of(leases.get(0), dead(leases.get(0))),
                Settlement.of(leases.get(1), Outcome.Done.INSTANCE)));

        assertThat(verdicts).containsExactly(Verdict.APPLIED, Verdict.APPLIED);
        assertCompleted(id, BatchState.PARTIAL_SUCCESS);
        runCallback(worker, id, BatchState.PARTIAL_SUCCESS);
    }

    @Test
    @DisplayName("6.3 batch-test: what is asked of a batch that nobody knows")
    void anUnknownBatch() {
        BatchId id = BatchId.draw(Instant.now());

        assertThat(batches.find(id)).isEmpty();
        assertThat(batches.cancel(id)).isFalse();
        assertThat(batches.delete(id)).isFalse();
        assertThat(batches.unended(id, 0, 10)).isEmpty();
        assertThat(add(id, null, 0, members(id, 0, 1, QUEUE), false).result()).isEqualTo(Result.UNKNOWN);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    @DisplayName("6.3 batch-test, R21: a batch goes when it has lingered, at once if it is not to linger")
    void aBatchLingers() {
        Duration linger = Duration.ofMillis(400);
        BatchId lingers = BatchId.draw(Instant.now());
        BatchId lasts = BatchId.draw(Instant.now());
        BatchId goes = BatchId.draw(Instant.now());
        add(lingers, plan(lingers, linger), 0, members(lingers, 0, 1, QUEUE), true);
        add(lasts, plan(lasts, LINGER), 0, members(lasts, 0, 1, QUEUE), true);
        add(goes, plan(goes, Duration.ZERO), 0, members(goes, 0, 1, QUEUE), true);
        underTest.advance(linger.plusMillis(10));
        assertInProgress(lingers); // it lingers from its completion on
        Session worker = open();

        done(worker, leaseAll(worker, 3));

        eventually("a batch that is not to linger is gone", () -> batches.find(goes)
                .isEmpty());
        assertCompleted(lasts, BatchState.SUCCESS); // the other may be gone by now on a machine that is busy
        eventually(
                "a batch that has lingered is gone", () -> batches.find(lingers).isEmpty());
        assertCompleted(lasts, BatchState.SUCCESS);
        assertThat(drainSoon(worker, 3)).hasSize(3);
    }

    @Test
    @DisplayName("R22: an empty batch is completed at once")
    void anEmptyBatchIsCompletedAtOnce() {
        BatchId id = BatchId.draw(Instant.now());

        make(id, 0);

        assertCompleted(id, BatchState.SUCCESS);
        runCallback(open(), id, BatchState.SUCCESS);
    }

    // --- open and sealed

    @Test
    @DisplayName("R22: a batch is made in parts, and completes when it is sealed")
    void aBatchIsMadeInParts() {
        BatchId id = BatchId.draw(Instant.now());
        Session worker = open();
        add(id, plan(id, LINGER), 0, members(id, 0, 3, QUEUE), false);
        assertThat(drain(worker)).hasSize(3);
        assertCounts(id, 0, 3, 0, 0);
        assertInProgress(id);

        assertThat(add(id, plan(id, LINGER), 3, members(id, 3, 2, QUEUE), false))
                .isEqualTo(new Added(Result.ADDED, 5));
        assertThat(drain(worker)).hasSize(2);
        assertThat(status(id).sealed()).isFalse();
        assertThat(add(id, null, 5, List.of(), true)).isEqualTo(new Added(Result.ADDED, 5));

        assertCompleted(id, BatchState.SUCCESS);
        runCallback(worker, id, BatchState.SUCCESS);
    }

    @Test
    void aJobAddsToItsBatch() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 1);
        Session worker = open();
        Lease first = leaseOne(worker);

        assertThat(add(id, null, 1, members(id, 1, 2, QUEUE), false)).isEqualTo(new Added(Result.ADDED, 3));
        done(worker, List.of(first));
        assertInProgress(id);
        assertThat(drain(worker)).hasSize(3);

        assertCompleted(id, BatchState.SUCCESS);
        assertThat(add(id, null, 3, members(id, 3, 1, QUEUE), false).result()).isEqualTo(Result.OVER);
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    void anAdditionIsMadeOnce_andInItsPlace() {
        BatchId id = BatchId.draw(Instant.now());
        Addition first = new Addition(id, plan(id, LINGER), "first", 0, members(id, 0, 2, QUEUE), Set.of(QUEUE), false);

        assertThat(batches.add(first)).isEqualTo(new Added(Result.ADDED, 2));
        assertThat(drain(open())).hasSize(2);
        assertThat(batches.add(first)).as("repeated").isEqualTo(new Added(Result.ADDED, 2));
        assertThat(add(id, null, 0, members(id, 0, 1, QUEUE), false))
                .as("where others are")
                .isEqualTo(new Added(Result.MOVED, 2));

        assertThat(status(id).counts().total()).isEqualTo(2);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void membersAreOnSeveralQueues_andForLater() {
        BatchId id = BatchId.draw(Instant.now());
        QueuedJob here = TestJobs.withId(QUEUE, id.member(0));
        QueuedJob there = TestJobs.withId(OTHER, id.member(1));
        QueuedJob later = TestJobs.at(
                TestJobs.withId(OTHER, id.member(2)), underTest.now().plus(Duration.ofHours(1)));
        add(id, plan(id, LINGER), 0, List.of(here, there, later), true);
        Session worker = open(QUEUE, OTHER);

        apply(worker, leaseSoon(worker, OTHER), Outcome.Done.INSTANCE);
        assertCounts(id, 0, 1, 0, 0);
        Lease elsewhere = leaseSoon(worker, QUEUE);
        apply(worker, elsewhere, retry(elsewhere, Duration.ZERO, OTHER));
        assertCounts(id, 1, 1, 0, 0);
        apply(worker, leaseSoon(worker, OTHER), Outcome.Done.INSTANCE);
        assertCounts(id, 0, 2, 0, 0);
        eventually("the one for later is scheduled", () -> broker.find(OTHER, later.id())
                .filter(job -> job.place() == Place.SCHEDULED)
                .isPresent());
        assertThat(broker.housekeeping().delete(OTHER, Set.of(Place.SCHEDULED), List.of(later.id())))
                .hasSize(1);

        assertCompleted(id, BatchState.PARTIAL_SUCCESS);
        runCallback(worker, id, BatchState.PARTIAL_SUCCESS);
    }

    // --- what happens to members

    @Test
    @DisplayName("R18: a worker that dies with a batch's jobs leaves none uncounted")
    void rescuedJobsAreCounted() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 3);
        Session mortal = openMortal(3);
        retryAtOnce(mortal, lease(mortal, 1).get(0));
        assertThat(leaseAll(mortal, 3)).hasSize(3);
        Session worker = open();

        rescue(worker, 3);
        assertCounts(id, 1, 0, 0, 0);
        drainSoon(worker, 3);

        assertCompleted(id, BatchState.SUCCESS);
        assertCounts(id, 0, 3, 0, 0);
    }

    @Test
    void aJobThatIsBuriedAsPoisonIsCounted() {
        needsAskedJobs();
        BatchId id = BatchId.draw(Instant.now());
        make(id, 1);
        Session worker = open();
        for (int crash = 0; crash < 3; crash++) {
            assertThat(lease(openMortal(1), 1)).hasSize(1);
            rescue(worker, 1);
        }

        assertCompleted(id, BatchState.DEAD);
        runCallback(worker, id, BatchState.DEAD);
    }

    @Test
    @DisplayName("R19: a job that is replayed after the completion is counted, and there is no second callback")
    void aReplayAfterTheCompletionCompletesNothing() {
        BatchId id = BatchId.draw(Instant.now());
        List<QueuedJob> jobs = make(id, 2);
        Session worker = open();
        leaseAll(worker, 2).forEach(lease -> apply(worker, lease, dead(lease)));
        assertCompleted(id, BatchState.DEAD);
        runCallback(worker, id, BatchState.DEAD);

        assertThat(broker.replay(QUEUE, jobs.get(0).id())).isTrue();
        assertCounts(id, 0, 0, 1, 0);
        assertThat(status(id).counts().enqueued()).isEqualTo(1);
        assertThat(drain(worker)).containsExactly(jobs.get(0).id());

        assertCounts(id, 0, 1, 1, 0);
        assertThat(status(id).state()).as("what the callback was told").isEqualTo(BatchState.DEAD);
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    @DisplayName("R20: jobs that are replayed, deleted, purged or cancelled are counted")
    void whatPeopleDoIsCounted() {
        BatchId id = BatchId.draw(Instant.now());
        List<QueuedJob> jobs = make(id, 6);
        Session worker = open();
        List<Lease> leases = leaseAll(worker, 3);
        apply(worker, leases.get(0), dead(leases.get(0)));
        apply(worker, leases.get(1), retry(leases.get(1), Duration.ofHours(1), QUEUE));
        apply(worker, leases.get(2), new Outcome.Parked("nobody knows", null));
        assertCounts(id, 1, 0, 1, 0);

        assertThat(broker.replay(QUEUE, jobs.get(0).id())).isTrue();
        assertCounts(id, 1, 0, 0, 0);
        assertThat(broker.delete(QUEUE, jobs.get(3).id())).as("waits").isTrue();
        assertCounts(id, 1, 0, 0, 1);
        assertThat(broker.housekeeping().purge(QUEUE, Place.SCHEDULED, null, 100))
                .hasSize(1);
        assertCounts(id, 0, 0, 0, 2);
        assertThat(broker.delete(QUEUE, jobs.get(2).id())).as("parked").isTrue();
        assertCounts(id, 0, 0, 0, 3);
        assertThat(broker.cancel(QUEUE, jobs.get(4).id())).isEqualTo(CancelResult.REMOVED);
        assertCounts(id, 0, 0, 0, 4);
        assertThat(broker.housekeeping().purge(QUEUE, Place.WAITING, null, 100)).hasSize(2);

        assertCompleted(id, BatchState.CANCELLED);
        assertCounts(id, 0, 0, 0, 6);
        runCallback(worker, id, BatchState.CANCELLED);
    }

    @Test
    @DisplayName("a dead job that is deleted or purged stays counted as dead")
    void aDeadJobThatIsDeletedStaysDead() {
        BatchId id = BatchId.draw(Instant.now());
        List<QueuedJob> jobs = make(id, 3);
        Session worker = open();
        leaseAll(worker, 2).forEach(lease -> apply(worker, lease, dead(lease)));

        assertThat(broker.delete(QUEUE, jobs.get(0).id())).isTrue();
        assertThat(broker.housekeeping().purge(QUEUE, Place.DEAD, null, 100)).hasSize(1);
        drain(worker);

        assertCompleted(id, BatchState.PARTIAL_SUCCESS);
        assertCounts(id, 0, 1, 2, 0);
    }

    @Test
    void aRunningJobThatIsCancelledIsCountedWhenItEnds() {
        BatchId id = BatchId.draw(Instant.now());
        List<QueuedJob> jobs = make(id, 3);
        Session worker = open();
        List<Lease> leases = leaseAll(worker, 3);
        jobs.forEach(job -> assertThat(broker.cancel(QUEUE, job.id())).isEqualTo(CancelResult.ASKED));
        assertCounts(id, 0, 0, 0, 0);

        retryAtOnce(worker, leases.get(0)); // which removes it
        worker.returnUnstarted(List.of(leases.get(1)));
        apply(worker, leases.get(2), new Outcome.Cancelled());

        assertCompleted(id, BatchState.CANCELLED);
        assertCounts(id, 0, 0, 0, 3);
    }

    @Test
    void whatIsLeftUndecidedIsNotCounted_howeverOften() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 1);
        Session worker = open();
        for (int i = 0; i < 70; i++) { // moves each time
            apply(worker, leaseOne(worker), new Outcome.Snooze(Duration.ZERO));
        }
        apply(worker, leaseOne(worker), Outcome.Release.NOW);
        assertThat(status(id).counts().enqueued()).isEqualTo(1);
        retryAtOnce(worker, leaseOne(worker));
        for (int i = 0; i < 70; i++) {
            apply(worker, leaseOne(worker), new Outcome.Snooze(Duration.ZERO));
        }
        assertCounts(id, 1, 0, 0, 0);

        done(worker, List.of(leaseOne(worker)));

        assertCompleted(id, BatchState.SUCCESS);
    }

    @Test
    void aJobThatDiesWithoutATraceIsCountedAsDead() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 1);
        Session worker = open();
        Effect dead = new Effect.BatchMark(id, 0, MemberState.DEAD);

        worker.settle(List.of(new Settlement(leaseOne(worker), Outcome.Done.INSTANCE, List.of(dead))));

        assertCompleted(id, BatchState.DEAD);
        assertThat(broker.stats(QUEUE).dead()).isZero();
    }

    // --- people and batches

    @Test
    void aCancelledBatchEndsAsCancelled_andGetsNoMoreMembers() {
        BatchId id = BatchId.draw(Instant.now());
        add(id, plan(id, LINGER), 0, members(id, 0, 4, QUEUE), false);
        Session worker = open();
        List<Lease> leases = leaseAll(worker, 2);
        done(worker, leases.subList(0, 1));
        assertThat(batches.unended(id, 0, 100)).containsExactly(1, 2, 3);

        assertThat(batches.cancel(id)).isTrue();
        assertThat(batches.find(id))
                .get()
                .extracting(BatchLedger.Kept::cancelled)
                .isEqualTo(true);
        assertThat(add(id, null, 4, members(id, 4, 1, QUEUE), false).result()).isEqualTo(Result.OVER);
        for (int index : batches.unended(id, 1, 3)) {
            broker.cancel(QUEUE, id.member(index));
        }
        assertInProgress(id);
        assertThat(batches.unended(id, 0, 100)).containsExactly(1);
        assertThat(batches.unended(id, 2, 100)).isEmpty();
        apply(worker, leases.get(1), new Outcome.Cancelled());

        assertCompleted(id, BatchState.CANCELLED);
        assertThat(batches.cancel(id)).as("when it has ended").isFalse();
    }

    @Test
    @DisplayName(
            "a batch that is cancelled before it is made whole is cancelled, though all of it that was made has succeeded")
    void aBatchThatIsCancelledBeforeItIsSealedNeverSucceeds() {
        BatchId id = BatchId.draw(Instant.now());
        add(id, plan(id, LINGER), 0, members(id, 0, 3, QUEUE), false);
        Session worker = open();
        List<Lease> leases = leaseAll(worker, 3);
        done(worker, leases.subList(0, 2));

        assertThat(batches.cancel(id)).isTrue();
        assertThat(batches.cancel(id)).as("once more").isTrue();
        assertInProgress(id);
        done(worker, leases.subList(2, 3));

        assertCompleted(id, BatchState.CANCELLED);
        runCallback(worker, id, BatchState.CANCELLED);
        BatchId ended = BatchId.draw(Instant.now());
        add(ended, plan(ended, LINGER), 0, List.of(), false);
        assertThat(batches.cancel(ended)).isTrue();
        assertCompleted(ended, BatchState.CANCELLED);
    }

    @Test
    void aBatchThatIsMadeWholeAndCancelled_ofWhichAllSucceedsAllTheSame_hasSucceeded() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 1);
        Session worker = open();
        List<Lease> leases = leaseAll(worker, 1);

        assertThat(batches.cancel(id)).isTrue();
        done(worker, leases);

        assertCompleted(id, BatchState.SUCCESS);
    }

    @Test
    @DisplayName("a cancellation removes what waits in one step for many, whatever else is asked for")
    void whatWaitsIsRemoved_whatRunsIsLeft() {
        BatchId id = BatchId.draw(Instant.now());
        List<JobId> jobs = TestJobs.ids(make(id, 3));
        Session worker = open();
        Lease runs = leaseAll(worker, 1).get(0);

        List<JobId> removed =
                broker.housekeeping().delete(QUEUE, Set.of(Place.WAITING, Place.SCHEDULED, Place.PARKED), jobs);

        assertThat(removed).containsExactlyElementsOf(jobs.subList(1, 3));
        assertCounts(id, 0, 0, 0, 2);
        done(worker, List.of(runs));
        assertCompleted(id, BatchState.PARTIAL_SUCCESS);
        runCallback(worker, id, BatchState.PARTIAL_SUCCESS);
    }

    @Test
    void aDeletedBatchIsGone_itsJobsAreNot() {
        BatchId id = BatchId.draw(Instant.now());
        make(id, 3);

        assertThat(batches.delete(id)).isTrue();
        assertThat(batches.find(id)).isEmpty();
        assertThat(batches.delete(id)).isFalse();

        assertThat(drain(open())).hasSize(3);
        assertThat(batches.find(id)).isEmpty();
    }

    @Test
    void batchesAreListed_theYoungestFirst() {
        List<BatchId> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            BatchId id = BatchId.draw(Instant.now());
            add(id, plan(id, LINGER), 0, members(id, 0, 1, QUEUE), true);
            made.add(0, id);
        }
        made.sort(null);
        Collections.reverse(made);

        assertThat(batches.size()).isEqualTo(5);
        assertThat(ids(batches.list(0, 10))).isEqualTo(made);
        assertThat(ids(connect().batches().list(1, 3))).isEqualTo(made.subList(1, 4));
        assertThat(batches.list(5, 10)).isEmpty();
    }

    private static List<BatchId> ids(List<BatchLedger.Kept> kept) {
        return kept.stream().map(one -> one.status().id()).toList();
    }

    // --- many

    @Test
    @DisplayName(
            "R22: a large batch adds up, with failures, deaths and replays; of as many jobs as goose.tck.batch-jobs says")
    void aLargeBatchAddsUp() {
        BatchId id = BatchId.draw(Instant.now());
        int count = Integer.getInteger(JOBS_PROPERTY, JOBS);
        Session worker = open();
        for (int from = 0; from < count; from += BatchLedger.MOST) {
            int some = Math.min(BatchLedger.MOST, count - from);
            boolean last = from + some == count;
            assertThat(add(id, plan(id, LINGER), from, members(id, from, some, QUEUE), last)
                            .result())
                    .isEqualTo(Result.ADDED);
            runSome(worker);
        }
        eventually("nothing is ready", () -> runSome(worker) == 0);
        int dead = count / 50 + (count % 50 > 7 ? 1 : 0);
        assertCompleted(id, BatchState.PARTIAL_SUCCESS);
        assertCounts(id, 0, count - dead, dead, 0);

        List<JobId> replayed = broker.housekeeping().oldest(QUEUE, Place.DEAD, 500);
        while (!replayed.isEmpty()) {
            assertThat(broker.housekeeping().replay(QUEUE, Set.of(Place.DEAD), replayed))
                    .hasSameSizeAs(replayed);
            drain(worker);
            replayed = broker.housekeeping().oldest(QUEUE, Place.DEAD, 500);
        }
        assertCounts(id, 0, count, 0, 0);
        assertThat(status(id).state()).isEqualTo(BatchState.PARTIAL_SUCCESS);
        Runtime here = Runtime.getRuntime();
        System.out.printf(
                "[batch] %d jobs, %d of them dead and replayed: each is counted once; %d MB of heap in use here%n",
                count, dead, (here.totalMemory() - here.freeMemory()) >> 20);
    }

    /** Runs what is ready at once: of fifty, one dies, one is retried. Returns how many there were. */
    private int runSome(Session worker) {
        List<Lease> leases = lease(worker, 500);
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : leases) {
            int index = BatchId.ofMember(lease.job().id())
                    .map(BatchId.Member::index)
                    .orElse(0);
            boolean first = lease.job().state().attempt() == 1;
            Outcome outcome = Outcome.Done.INSTANCE;
            if (index % 50 == 7) {
                outcome = dead(lease);
            } else if (index % 50 == 13 && first) {
                outcome = retry(lease, Duration.ZERO, QUEUE);
            }
            settlements.add(Settlement.of(lease, outcome));
        }
        assertThat(worker.settle(settlements)).allMatch(Verdict.APPLIED::equals);
        return leases.size();
    }

    // --- at the same time

    @Test
    @DisplayName("R19, R20: marks that are raced are exact, and the callback is enqueued once")
    void marksThatAreRaced() {
        BatchId id = BatchId.draw(Instant.now());
        int count = 200;
        List<JobId> ids = TestJobs.ids(make(id, count));
        List<Session> workers = List.of(open(), openElsewhere(), openElsewhere());
        Queue<JobId> others = new ConcurrentLinkedQueue<>(); // that are no members

        Together.run(8, thread -> {
            switch (thread) {
                case 0, 1, 2 -> others.addAll(runBadly(workers.get(thread), thread));
                case 3 ->
                    ids.subList(0, 40)
                            .forEach(job -> broker.housekeeping().delete(QUEUE, Set.of(Place.WAITING), List.of(job)));
                case 4 -> ids.subList(20, 60).forEach(job -> broker.cancel(QUEUE, job));
                case 5 -> ids.subList(0, 100).forEach(job -> broker.replay(QUEUE, job));
                case 6 -> ids.forEach(job -> broker.replay(QUEUE, job));
                default -> broker.housekeeping().purge(QUEUE, Place.WAITING, null, 30);
            }
        });
        eventually("each has ended", () -> {
            workers.forEach(worker -> others.addAll(runBadly(worker, 0))); // each may have fetched some ahead
            BatchStatus now = status(id);
            return now.completed() != null && now.counts().ended() == count && !others.isEmpty();
        });
        others.addAll(runBadly(workers.get(1), 1));

        BatchStatus.Counts counts = status(id).counts();
        assertThat(counts.dead()).isEqualTo((int) broker.stats(QUEUE).dead());
        assertThat(counts.success()).isPositive();
        assertThat(others).as("callbacks").hasSize(1);
        assertThat(ids).doesNotContainAnyElementsOf(others);
    }

    /** Runs what it gets: a third succeeds, a third is retried, a third dies. Returns what it ran that is in no batch. */
    private List<JobId> runBadly(Session worker, int seed) {
        List<JobId> others = new ArrayList<>();
        int number = seed;
        for (List<Lease> leases = lease(worker, 7); !leases.isEmpty(); leases = lease(worker, 7)) {
            for (Lease lease : leases) {
                boolean other = BatchId.ofMember(lease.job().id()).isEmpty();
                if (other) {
                    others.add(lease.job().id());
                }
                int kind = other ? 0 : number++ % 3;
                Outcome failed = kind == 1 ? retry(lease, Duration.ZERO, QUEUE) : dead(lease);
                settle(worker, lease, kind == 0 ? Outcome.Done.INSTANCE : failed);
            }
        }
        return others;
    }
}
