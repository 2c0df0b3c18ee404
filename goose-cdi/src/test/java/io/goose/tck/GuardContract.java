package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.BatchLedger;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Entered;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.Lease;
import io.goose.spi.MemberMark;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a ledger knows of jobs that it has handed to a transport, whatever crash or lost answer makes a message come twice or
 * come back. For brokers with ledgers for others.
 */
public abstract class GuardContract extends BrokerContract {

    private static final Duration HOLD = Duration.ofMinutes(1);
    private static final Duration SHORT_HOLD = Duration.ofMillis(50);

    private ComposedUnderTest composed;
    private GuardedLedger ledger;

    /** A broker with ledgers for others. */
    protected abstract BrokerUnderTest ledgers() throws Exception;

    @Override
    protected final BrokerUnderTest create() throws Exception {
        composed = new ComposedUnderTest(ledgers());
        return composed;
    }

    @BeforeEach
    void openLedger() {
        ledger = composed.ledger();
    }

    private QueuedJob keptAndTaken() {
        return keptAndTaken(HOLD).job();
    }

    private Taken keptAndTaken(Duration hold) {
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), underTest.now());
        assertThat(ledger.keep(List.of(job))).containsExactly(SendResult.Accepted.INSTANCE);
        return takenSoon(hold);
    }

    private Taken takenSoon(Duration hold) {
        List<Taken> taken = new ArrayList<>();
        eventually(
                "it is due", () -> taken.addAll(ledger.takeDue(QUEUE, 10, hold).taken()));
        assertThat(taken).hasSize(1);
        return taken.get(0);
    }

    private List<Taken> strays() {
        List<Taken> strays = new ArrayList<>();
        eventually("the hold is over", () -> strays.addAll(ledger.takeStrays(10, HOLD)));
        return strays;
    }

    private boolean begins(QueuedJob job, boolean redelivered) {
        return ledger.begin(List.of(new Delivery(job, redelivered))).get(0);
    }

    private static QueuedJob failed(QueuedJob job) {
        Failure failure = new Failure("java.lang.IllegalStateException", "no", "");
        return job.withState(job.state().afterFailure(failure, Instant.ofEpochMilli(1)));
    }

    private static Change retried(QueuedJob ran, QueuedJob next, Duration after) {
        return new Change(ran, new Kept(next, Place.SCHEDULED, after, null));
    }

    @Test
    void aJobThatWasSent_runsOnce_ofSeveralCopies() {
        Taken taken = keptAndTaken(HOLD);
        ledger.sent(List.of(taken));

        QueuedJob job = taken.job();
        assertThat(begins(job, false)).isTrue();
        assertThat(begins(job, false)).as("another copy of what runs").isFalse();
    }

    @Test
    void aJobWhoseWorkerDied_runsAgain_andItsOtherCopyDoesNot() {
        QueuedJob job = keptAndTaken();
        assertThat(begins(job, false)).isTrue();

        assertThat(begins(job, true)).as("it came back").isTrue();
        assertThat(begins(job, false)).isFalse();
    }

    @Test
    void aJobThatIsOver_doesNotRunAgain() {
        QueuedJob job = keptAndTaken();
        assertThat(begins(job, false)).isTrue();
        ledger.settle(List.of(new Change(job, null)));
        ledger.settle(List.of(new Change(job, null)));

        assertThat(begins(job, true)).isFalse();
        assertThat(begins(job, false)).isFalse();
        assertThat(ledger.find(QUEUE, job.id())).isEmpty();
        assertThat(ledger.stats(QUEUE)).isEqualTo(new QueueStats(QUEUE, 0, 0, 0, 0, 0, false));
    }

    @Test
    void aJobThatTheLedgerNeverSaw_runs_alsoWhenItComesBack() {
        QueuedJob job = TestJobs.job(QUEUE);

        assertThat(begins(job, true)).isTrue();
        assertThat(begins(job, true)).isTrue();
    }

    @Test
    void aRetryThatIsKept_makesTheOldMessageOld() {
        QueuedJob job = TestJobs.job(QUEUE); // plain: nothing is known of it before
        QueuedJob next = failed(job);
        ledger.settle(List.of(retried(job, next, Duration.ofHours(1))));

        assertThat(begins(job, true)).isFalse();
        assertThat(ledger.find(QUEUE, job.id())).hasValueSatisfying(stored -> {
            assertThat(stored.place()).isEqualTo(Place.SCHEDULED);
            assertThat(stored.job().state().attempt()).isEqualTo(2);
        });

        ledger.settle(List.of(retried(job, next, Duration.ZERO))); // asked again: the first answer stands
        assertThat(ledger.takeDue(QUEUE, 10, HOLD).jobs()).isEmpty();
    }

    @Test
    void aRetryOnAnotherQueue_leavesATombstoneOnTheFirst() {
        QueuedJob job = TestJobs.job(QUEUE);
        QueuedJob next =
                new QueuedJob("tck-other", job.id(), job.envelope(), failed(job).state(), true);
        ledger.settle(List.of(retried(job, next, Duration.ZERO)));
        ledger.settle(List.of(retried(job, next, Duration.ZERO)));

        assertThat(begins(job, true)).isFalse();
        assertThat(ledger.takeDue("tck-other", 10, HOLD).jobs())
                .extracting(QueuedJob::id)
                .containsExactly(job.id());
        assertThat(ledger.takeDue("tck-other", 10, HOLD).jobs()).isEmpty();
    }

    @Test
    void aRetryThatIsOver_staysSo_whenTheFirstMessageIsSettledLate() {
        QueuedJob job = TestJobs.job(QUEUE);
        QueuedJob next = failed(job);
        ledger.settle(List.of(retried(job, next, Duration.ZERO)));
        QueuedJob second = ledger.takeDue(QUEUE, 10, HOLD).jobs().get(0);
        assertThat(begins(second, false)).isTrue();
        ledger.settle(List.of(new Change(second, null)));

        ledger.settle(List.of(retried(job, next, Duration.ZERO)));

        assertThat(ledger.takeDue(QUEUE, 10, HOLD).jobs()).isEmpty();
        assertThat(ledger.find(QUEUE, job.id())).isEmpty();
    }

    @Test
    void whatWasTakenAndNotMarked_isAStray_andWhatWasMarkedIsNot() {
        QueuedJob lost = TestJobs.at(TestJobs.job(QUEUE), underTest.now());
        QueuedJob sent = TestJobs.at(TestJobs.job(QUEUE), underTest.now());
        ledger.keep(List.of(lost, sent));
        List<Taken> taken = new ArrayList<>();
        eventually("both are due", () -> {
            taken.addAll(ledger.takeDue(QUEUE, 10, SHORT_HOLD).taken());
            return taken.size() == 2;
        });
        ledger.sent(
                taken.stream().filter(each -> each.job().id().equals(sent.id())).toList());

        assertThat(strays()).extracting(stray -> stray.job().id()).containsExactly(lost.id());
        assertThat(ledger.takeStrays(10, HOLD)).isEmpty();
    }

    /** The first relay's answer comes when another has sent the job, it has run, and its retry was taken. */
    private Taken theRetryOf(Taken first) {
        Taken second = strays().get(0);
        ledger.sent(List.of(second));
        QueuedJob job = first.job();
        assertThat(second.job()).isEqualTo(job);
        assertThat(begins(job, false)).isTrue();
        ledger.settle(List.of(retried(job, failed(job), Duration.ZERO)));
        return takenSoon(SHORT_HOLD);
    }

    @Test
    void aLateAnswerThatAJobWasSent_doesNotLoseItsRetry() {
        Taken first = keptAndTaken(SHORT_HOLD);
        Taken retry = theRetryOf(first);

        ledger.sent(List.of(first));

        assertThat(strays()).extracting(Taken::job).containsExactly(retry.job());
    }

    @Test
    void aLateAnswerThatAJobCannotBeSent_doesNotPutOffItsRetry() {
        Taken first = keptAndTaken(SHORT_HOLD);
        Taken retry = theRetryOf(first);

        ledger.putOff(List.of(first), Duration.ZERO);

        assertThat(strays()).extracting(Taken::job).containsExactly(retry.job());
    }

    @Test
    void whatIsPutOff_isDueAgain() {
        Taken taken = keptAndTaken(HOLD);

        ledger.putOff(List.of(taken), Duration.ZERO);

        assertThat(takenSoon(HOLD).job()).isEqualTo(taken.job());
    }

    @Test
    void severalRelays_takeEachJobOnce() {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, 100).stream()
                .map(job -> TestJobs.at(job, underTest.now()))
                .toList();
        ledger.keep(jobs);
        underTest.advance(Duration.ofMillis(20));
        List<GuardedLedger> connections = List.of(ledger, composed.ledger());
        ConcurrentLinkedQueue<JobId> taken = new ConcurrentLinkedQueue<>();

        Together.run(4, thread -> {
            GuardedLedger mine = connections.get(thread % 2);
            for (int i = 0; i < 40; i++) {
                mine.takeDue(QUEUE, 5, HOLD).jobs().forEach(job -> taken.add(job.id()));
            }
        });
        for (List<QueuedJob> rest = ledger.takeDue(QUEUE, 100, HOLD).jobs();
                !rest.isEmpty();
                rest = ledger.takeDue(QUEUE, 100, HOLD).jobs()) {
            rest.forEach(job -> taken.add(job.id()));
        }

        assertThat(taken).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void anIdThatIsKept_isNotSentAtOnceToo_andAMarkedOneNotAgain() {
        QueuedJob kept = TestJobs.at(TestJobs.job(QUEUE), underTest.now().plus(Duration.ofHours(1)));
        ledger.keep(List.of(kept));
        QueuedJob plain = TestJobs.job(QUEUE);
        QueuedJob marked = new QueuedJob(QUEUE, plain.id(), plain.envelope(), DeliveryState.FRESH, true);

        assertThat(ledger.maySend(List.of(kept, marked))).containsExactly(false, true);
        ledger.noteSent(List.of(marked));
        assertThat(ledger.maySend(List.of(marked))).containsExactly(false);
        assertThat(begins(marked, true)).as("noted is not over").isTrue();
        assertThat(ledger.keep(List.of(marked))).containsExactly(new SendResult.Exists(marked.id()));
    }

    // --- what is entered when it is sent

    private static QueuedJob front() {
        return TestJobs.atFront(TestJobs.job(QUEUE));
    }

    private List<Taken> entered(QueuedJob... jobs) {
        return ledger.enter(List.of(jobs), HOLD).stream()
                .map(entered -> Objects.requireNonNull(entered.taken(), "it is there already"))
                .toList();
    }

    private Place placeThere(QueuedJob job) {
        return ledger.find(QUEUE, job.id()).orElseThrow().place();
    }

    @Test
    void whatIsEntered_waitsInItsOrder_thenRuns_andIsGone() {
        QueuedJob back = TestJobs.job(QUEUE);
        QueuedJob front = front();
        List<Taken> taken = entered(back, front);
        ledger.sent(taken);

        assertThat(taken).allMatch(each -> each.job().marked());
        assertThat(idsOfStored(ledger.list(QUEUE, Place.WAITING, 0, 10))).containsExactly(front.id(), back.id());
        assertThat(placeThere(back)).isEqualTo(Place.WAITING);
        assertThat(begins(taken.get(0).job(), false)).isTrue();
        assertThat(begins(taken.get(0).job(), false))
                .as("another copy of what runs")
                .isFalse();
        assertThat(placeThere(back)).isEqualTo(Place.RUNNING);
        assertThat(ledger.delete(QUEUE, back.id())).isFalse();
        assertThat(ledger.stats(QUEUE)).isEqualTo(new QueueStats(QUEUE, 1, 1, 0, 0, 0, false));

        ledger.settle(List.of(new Change(taken.get(0).job(), null)));
        assertThat(begins(taken.get(0).job(), true)).isFalse();
        assertThat(ledger.stats(QUEUE)).isEqualTo(new QueueStats(QUEUE, 1, 0, 0, 0, 0, false));
    }

    @Test
    void whatIsEnteredAndNotMarkedAsSent_isAStray() {
        QueuedJob lost = TestJobs.job(QUEUE);
        QueuedJob sent = TestJobs.job(QUEUE);
        List<Entered> entered = ledger.enter(List.of(lost, sent), SHORT_HOLD);
        ledger.sent(List.of(Objects.requireNonNull(entered.get(1).taken())));

        assertThat(strays()).extracting(stray -> stray.job().id()).containsExactly(lost.id());
    }

    @Test
    void anIdThatIsThere_isNotEnteredAgain_andAMarkedOneNotAfterItsEnd() {
        QueuedJob plain = TestJobs.job(QUEUE);
        QueuedJob marked = TestJobs.marked(TestJobs.job(QUEUE));
        List<Taken> taken = entered(plain, marked);
        assertThat(ledger.enter(List.of(plain, marked), HOLD)).containsExactly(Entered.THERE, Entered.THERE);
        assertThat(ledger.keep(List.of(plain))).containsExactly(new SendResult.Exists(plain.id()));

        ledger.settle(taken.stream().map(each -> new Change(each.job(), null)).toList());
        assertThat(ledger.enter(List.of(marked), HOLD)).containsExactly(Entered.THERE);
        QueuedJob again = entered(plain).get(0).job();
        assertThat(begins(taken.get(0).job(), true))
                .as("the message of its former life")
                .isFalse();
        assertThat(begins(again, false)).isTrue();
    }

    @Test
    void aJobThatWasDeletedWhileItWaited_doesNotRun_andItsIdIsFree() {
        QueuedJob job = TestJobs.job(QUEUE);
        Taken first = entered(job).get(0);
        ledger.sent(List.of(first));

        assertThat(ledger.delete(QUEUE, job.id())).isTrue();
        assertThat(ledger.delete(QUEUE, job.id())).isFalse();
        assertThat(ledger.find(QUEUE, job.id())).isEmpty();
        assertThat(begins(first.job(), false)).isFalse();

        QueuedJob later = TestJobs.at(job, underTest.now().plus(Duration.ofHours(1)));
        assertThat(ledger.keep(List.of(later))).containsExactly(SendResult.Accepted.INSTANCE);
        assertThat(begins(first.job(), true))
                .as("it must not run before its time")
                .isFalse();
    }

    @Test
    void whatIsGivenBack_waitsAgain() {
        QueuedJob job = entered(TestJobs.job(QUEUE)).get(0).job();
        QueuedJob running = entered(TestJobs.job(QUEUE)).get(0).job();
        assertThat(begins(job, false)).isTrue();
        assertThat(begins(running, false)).isTrue();

        ledger.giveBack(List.of(job));

        assertThat(placeThere(job)).isEqualTo(Place.WAITING);
        assertThat(placeThere(running)).isEqualTo(Place.RUNNING);
        assertThat(begins(job, true)).isTrue();
        ledger.settle(List.of(new Change(job, null)));
        ledger.giveBack(List.of(job));
        assertThat(ledger.find(QUEUE, job.id())).as("it is over").isEmpty();
    }

    @Test
    void takings_areToldApart_howeverFastTheyFollow() {
        Set<Long> tokens = new HashSet<>();
        Taken taken = keptAndTaken(HOLD);
        for (int i = 0; i < 20; i++) {
            tokens.add(taken.token());
            ledger.putOff(List.of(taken), Duration.ZERO);
            taken = takenSoon(HOLD);
        }
        assertThat(tokens).hasSize(20);
    }

    // --- ends, pauses and needs

    @Test
    void anEnd_andWhatItEnqueues_areOneStep_thatIsTakenOnce() {
        QueuedJob ran = TestJobs.job(QUEUE);
        QueuedJob now = TestJobs.marked(TestJobs.job(QUEUE));
        QueuedJob later = TestJobs.marked(
                TestJobs.at(TestJobs.job("tck-other"), underTest.now().plus(Duration.ofHours(1))));
        Change end = new Change(ran, null, List.of(now, later));

        ledger.settle(List.of(end));

        assertThat(begins(ran, true)).isFalse();
        assertThat(ledger.find("tck-other", later.id()))
                .hasValueSatisfying(stored -> assertThat(stored.place()).isEqualTo(Place.SCHEDULED));
        assertThat(takenSoon(HOLD).job().id()).isEqualTo(now.id());
        assertThat(ledger.delete("tck-other", later.id())).isTrue();
        ledger.settle(List.of(end));
        assertThat(ledger.find("tck-other", later.id())).isEmpty();
    }

    @Test
    void aPausedQueue_givesNothingThatIsDue_andSaysSo_toEverybody() {
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), underTest.now());
        ledger.keep(List.of(job));
        GuardedLedger other = composed.ledger();

        other.pause(QUEUE);
        underTest.advance(Duration.ofMillis(20));

        assertThat(ledger.takeDue(QUEUE, 10, HOLD)).isEqualTo(Due.PAUSED);
        assertThat(ledger.stats(QUEUE).paused()).isTrue();
        assertThat(ledger.takeDue("tck-other", 10, HOLD).paused()).isFalse();
        ledger.resume(QUEUE);
        assertThat(other.stats(QUEUE).paused()).isFalse();
        assertThat(takenSoon(HOLD).job().id()).isEqualTo(job.id());
    }

    private static SessionSpec knowing(String... announced) {
        return new SessionSpec(
                List.of(QUEUE), 1, 1, Set.of(announced), Duration.ofSeconds(30), Duration.ofSeconds(5), "tck-host");
    }

    private QueuedJob parked(@Nullable String need) {
        QueuedJob job = TestJobs.job(QUEUE);
        ledger.settle(List.of(new Change(job, new Kept(job, Place.PARKED, Duration.ZERO, "why", need))));
        return job;
    }

    @Test
    void whatIsParkedForLackOfAWorker_isDueWhenOneKnowsIt() {
        QueuedJob known = parked("handler:a enc:b");
        QueuedJob unknown = parked("handler:a enc:c");
        QueuedJob forAPerson = parked(null);

        assertThat(ledger.recall(knowing("handler:a"))).isZero();
        assertThat(ledger.recall(knowing("handler:a", "enc:b", "enc:d"))).isEqualTo(1);
        assertThat(ledger.recall(knowing("handler:a", "enc:b"))).isZero();

        assertThat(begins(known, true)).as("the message that was parked").isFalse();
        QueuedJob sent = takenSoon(HOLD).job();
        assertThat(sent.id()).isEqualTo(known.id());
        assertThat(sent.state().attempt()).isEqualTo(1);
        assertThat(begins(sent, false)).isTrue();
        assertThat(placeThere(unknown)).isEqualTo(Place.PARKED);
        assertThat(placeThere(forAPerson)).isEqualTo(Place.PARKED);
        assertThat(ledger.replay(QUEUE, unknown.id())).isTrue();
    }

    @Test
    void aJobThatNobodyKnows_hasSinceWhen_byTheLedgersClock() {
        QueuedJob job = TestJobs.job(QUEUE);
        DeliveryState moved = job.state().afterSnooze();
        ledger.settle(List.of(new Change(
                job, new Kept(job.withState(moved), Place.SCHEDULED, Duration.ofHours(1), null, "handler:a"))));

        Instant since = ledger.find(QUEUE, job.id()).orElseThrow().job().state().unknownSince();
        assertThat(since)
                .isBetween(underTest.now().minusSeconds(30), underTest.now().plusSeconds(30));
    }

    // --- the same on the whole broker: a worker dies between what it writes here and what it takes from there

    @Test
    void aWorkerThatDies_betweenItsRetryAndTheMessage_makesOneRetry() {
        sendOne();
        Session mortal = openMortal(1);
        QueuedJob ran = leaseOne(mortal).job();
        ledger.settle(List.of(retried(ran, failed(ran), Duration.ZERO)));
        Session rescuer = open();
        rescue(rescuer, 1);

        List<Lease> again = new ArrayList<>();
        eventually("the retry is sent when the old message has gone", () -> {
            rescuer.sweep();
            again.addAll(lease(rescuer, 10));
            return !again.isEmpty();
        });
        assertThat(again).hasSize(1);
        assertThat(again.get(0).job().state().attempt()).isEqualTo(2);
        done(rescuer, again);
        assertThat(drain(rescuer)).isEmpty();
        assertThat(broker.stats(QUEUE)).isEqualTo(new QueueStats(QUEUE, 0, 0, 0, 0, 0, false));
    }

    @Test
    void aWorkerThatDies_betweenTheEndOfAGuardedJobAndItsMessage_doesNotHaveItRunAgain() {
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), underTest.now());
        send(job);
        Session mortal = openMortal(1);
        QueuedJob ran = leaseSoon(mortal).job();
        ledger.settle(List.of(new Change(ran, null)));
        Session rescuer = open();
        rescue(rescuer, 1);

        assertThat(drain(rescuer)).isEmpty();
        assertThat(broker.stats(QUEUE)).isEqualTo(new QueueStats(QUEUE, 0, 0, 0, 0, 0, false));
    }

    @Test
    void aRelayThatDies_beforeItSends_hasTheJobSentByASweep() {
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), underTest.now().plus(Duration.ofMillis(30)));
        ledger.keep(List.of(job));
        eventually(
                "it is due", () -> !ledger.takeDue(QUEUE, 10, SHORT_HOLD).jobs().isEmpty());
        Session worker = open();
        assertThat(drain(worker)).isEmpty();

        List<JobId> ran = new ArrayList<>();
        eventually("a sweep sends it", () -> {
            worker.sweep();
            ran.addAll(drain(worker));
            return !ran.isEmpty();
        });
        assertThat(ran).containsExactly(job.id());
    }

    @Test
    void aRelayThatDies_beforeItMarks_hasTheJobRunOnce() {
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), underTest.now().plus(Duration.ofMillis(30)));
        ledger.keep(List.of(job));
        List<QueuedJob> taken = new ArrayList<>();
        eventually(
                "it is due",
                () -> taken.addAll(ledger.takeDue(QUEUE, 10, SHORT_HOLD).jobs()));
        composed.transport().send(taken).toCompletableFuture().join();
        Session worker = open();
        Lease lease = leaseOne(worker);
        done(worker, List.of(lease));

        underTest.advance(SHORT_HOLD.multipliedBy(2));
        worker.sweep();
        assertThat(drain(worker)).isEmpty();
        assertThat(ledger.takeStrays(10, HOLD)).isEmpty();
    }

    @Test
    @DisplayName(
            "a worker that dies between the end of a batch's job and its acknowledgement: counted once, called back"
                    + " once, not run again")
    void aWorkerThatDiesBeforeItAcknowledges_countsAJobOfABatchOnce() {
        BatchId id = BatchId.draw(Instant.now());
        QueuedJob callback = TestJobs.atFront(TestJobs.withId(QUEUE, id.callback(0)));
        BatchLedger.Plan plan =
                new BatchLedger.Plan(QUEUE, Duration.ofHours(1), Map.of(BatchState.PARTIAL_SUCCESS, List.of(callback)));
        List<QueuedJob> members = List.of(TestJobs.withId(QUEUE, id.member(0)), TestJobs.withId(QUEUE, id.member(1)));
        broker.batches().add(new BatchLedger.Addition(id, plan, "all", 0, members, Set.of(QUEUE), true));
        Session mortal = openMortal(2);
        List<Lease> leases = lease(mortal, 2);
        Lease dies = leases.get(1);
        Outcome death = new Outcome.Dead(dies.job().state().afterDeath(TestJobs.failure("dies"), Instant.EPOCH));

        ledger.settle(List.of( // as far as the worker gets
                new Change(leases.get(0).job(), null, List.of(), mark(leases.get(0), Outcome.Done.INSTANCE)),
                new Change(
                        dies.job(),
                        new Kept(dies.job(), Place.DEAD, Duration.ZERO, null),
                        List.of(),
                        mark(dies, death))));
        Session worker = open();
        rescue(worker, 2);

        assertThat(drainSoon(worker, 1)).containsExactly(callback.id());
        assertThat(drain(worker)).isEmpty();
        BatchStatus status = broker.batches().find(id).orElseThrow().status();
        assertThat(status.counts()).isEqualTo(new BatchStatus.Counts(2, 0, 1, 1, 0));
        assertThat(broker.stats(QUEUE).dead()).isEqualTo(1);
    }

    private static MemberMark mark(Lease lease, Outcome outcome) {
        return MemberMark.of(Settlement.of(lease, outcome), lease.job().state().moves())
                .orElseThrow();
    }

    @Test
    void whatGoesBehindOthers_doesSoAlsoWhenItIsPutOff_andWhenItIsSentAgain() {
        QueuedJob plain = unique(TestJobs.job(QUEUE), "plain");
        QueuedJob ahead = unique(TestJobs.atFront(TestJobs.job(QUEUE)), "ahead");
        assertThat(ledger.keepUnique(List.of(plain, ahead))).containsOnly(SendResult.Accepted.INSTANCE);
        Map<JobId, Lane> lanes = Map.of(plain.id(), Lane.BACK, ahead.id(), Lane.FRONT);

        List<Taken> first = new ArrayList<>();
        eventually(
                "both are due",
                () -> first.addAll(ledger.takeDue(QUEUE, 10, HOLD).taken()) && first.size() == 2);
        assertThat(lanes(first)).isEqualTo(lanes);
        ledger.putOff(first, Duration.ZERO);
        List<Taken> second = new ArrayList<>();
        eventually(
                "both are due again",
                () -> second.addAll(ledger.takeDue(QUEUE, 10, SHORT_HOLD).taken()) && second.size() == 2);
        assertThat(lanes(second)).isEqualTo(lanes);

        List<Taken> strays = new ArrayList<>();
        eventually("nobody has said that they were sent", () -> {
            strays.addAll(ledger.takeStrays(10, HOLD));
            return strays.size() == 2;
        });
        assertThat(lanes(strays)).isEqualTo(lanes);
    }

    private static QueuedJob unique(QueuedJob job, String key) {
        return job.withUnique(new UniqueKey(key, Scope.RUNNING, null, OnConflict.KEEP, null));
    }

    private static Map<JobId, Lane> lanes(List<Taken> taken) {
        return taken.stream()
                .collect(Collectors.toMap(
                        each -> each.job().id(), each -> each.job().state().lane()));
    }
}
