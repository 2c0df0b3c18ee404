package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.admin.Place;
import io.goose.job.BatchId;
import io.goose.job.BatchStatus;
import io.goose.job.BatchStatus.Counts;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.BatchLedger.Added;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.BatchLedger.Result;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.LimitLedger.Kept;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.ReplyCutter.Cut;
import io.goose.tck.ReplyCutter.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Replies that do not arrive although the broker did what it was asked (mechanics 1): nothing is lost, nothing is left
 * leased, repeats are answered. For brokers over a network; each test cuts {@value #CUTS} times unless the system property
 * {@value #CUTS_PROPERTY} says otherwise, and makes sure of each cut.
 */
public abstract class LostReplyContract extends BrokerContract {

    /** The system property with the number of cuts. */
    public static final String CUTS_PROPERTY = "goose.tck.cuts";

    private static final int CUTS = 25;

    private ReplyCutter cutter;

    private static int cuts() {
        return Integer.getInteger(CUTS_PROPERTY, CUTS);
    }

    @BeforeEach
    void takeCutter() {
        cutter = underTest
                .replyCutter()
                .orElseThrow(() -> new AssertionError(underTest + " must override replyCutter() to run this contract"));
    }

    @Test
    @DisplayName("mechanics 1: the reply of a claim is lost: the claim asked again gives the same jobs")
    void aClaimWhoseReplyIsLostStrandsNothing() {
        Session worker = open();
        List<JobId> sent = new ArrayList<>();
        List<JobId> ran = new ArrayList<>();
        for (int i = 0; i < cuts(); i++) {
            sent.addAll(TestJobs.ids(sendSome(3)));
            Cut cut = cutter.cutNextReply(Request.CLAIM);
            int before = ran.size();
            eventually("the three jobs are leased after the cut", () -> {
                Claim claim = persistently(() -> claim(worker, 10));
                assertThat(claim.leases())
                        .allSatisfy(lease -> assertThat(lease.suspect()).isFalse());
                ran.addAll(idsOf(claim.leases()));
                done(worker, claim.leases());
                return ran.size() == before + 3;
            });
            assertHappened(cut);
        }

        assertThat(ran).isEqualTo(sent);
        assertNothingLeft();
    }

    @Test
    void aLostClaimOfOneQueueIsNotForgottenForAClaimOfAnother() {
        Session worker = open(QUEUE, "tck-other");
        for (int i = 0; i < cuts(); i++) {
            QueuedJob job = sendOne();
            Cut cut = cutter.cutNextReply(Request.CLAIM);
            List<JobId> ran = new ArrayList<>();

            swallowing(() -> ran.addAll(runOne(worker, QUEUE)));
            assertHappened(cut);
            eventually("the job of the lost claim has run", () -> {
                ran.addAll(persistently(() -> runOne(worker, "tck-other")));
                ran.addAll(persistently(() -> runOne(worker, QUEUE)));
                return ran.contains(job.id());
            });

            assertThat(ran).containsExactly(job.id());
        }
        assertNothingLeft();
    }

    private List<JobId> runOne(Session worker, String queue) {
        List<Lease> leases = worker.lease(queue, 1, MANY_BYTES).leases();
        done(worker, leases);
        return idsOf(leases);
    }

    @Test
    @DisplayName("mechanics 1: a beat gives back what nobody knows")
    void aLostClaimThatIsNeverAskedAgainIsGivenBackByTheBeat() {
        Session worker = open();
        Session other = openElsewhere();
        for (int i = 0; i < cuts(); i++) {
            QueuedJob job = sendOne();
            Cut cut = cutter.cutNextReply(Request.CLAIM);
            List<Lease> known = new ArrayList<>();
            swallowing(() -> known.addAll(lease(worker, 1)));
            assertHappened(cut);
            worker.returnUnstarted(known); // a session that asked again by itself knows them

            List<Lease> again = new ArrayList<>();
            eventually("another session gets the job", () -> {
                persistently(worker::renew);
                again.addAll(lease(other, 1));
                return !again.isEmpty();
            });

            assertThat(again.get(0).job().id()).isEqualTo(job.id());
            assertThat(again.get(0).job().state().attempt()).isEqualTo(1);
            assertThat(again.get(0).suspect()).isFalse();
            done(other, again);
        }
        assertNothingLeft();
    }

    @Test
    @DisplayName("mechanics 1: the reply of a settle is lost: the same settle again gives the first answers")
    void aSettleWhoseReplyIsLostIsAppliedOnce() {
        Session worker = open();
        for (int i = 0; i < cuts(); i++) {
            List<QueuedJob> jobs = sendSome(4);
            List<Lease> leases = lease(worker, 4);
            apply(worker, leases.get(3), Outcome.Done.INSTANCE);
            QueuedJob next = TestJobs.job(QUEUE);
            List<Settlement> settlements = List.of(
                    Settlement.of(leases.get(0), Outcome.Release.NOW),
                    new Settlement(leases.get(1), Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(next))),
                    Settlement.of(leases.get(2), new Outcome.Dead(jobs.get(2).state())),
                    Settlement.of(leases.get(3), Outcome.Done.INSTANCE));

            Cut cut = cutter.cutNextReply(Request.SETTLE);
            List<Verdict> verdicts = persistently(() -> worker.settle(settlements));

            assertHappened(cut);
            assertThat(verdicts).containsExactly(Verdict.APPLIED, Verdict.APPLIED, Verdict.APPLIED, Verdict.STALE);
            assertThat(drain(worker)).containsExactlyInAnyOrder(jobs.get(0).id(), next.id());
            assertThat(broker.delete(QUEUE, jobs.get(2).id())).isTrue();
        }
        assertNothingLeft();
    }

    @Test
    @DisplayName("mechanics 24: the reply of a settle of a batch's jobs is lost: each is counted once")
    void aSettleOfABatchWhoseReplyIsLostCountsEachJobOnce() {
        needs(Capability.BATCH);
        Session worker = open();
        BatchId id = BatchId.draw(Instant.now());
        Plan plan = new Plan(QUEUE, Duration.ofHours(1), Map.of());
        for (int i = 0; i < cuts(); i++) {
            List<QueuedJob> jobs =
                    List.of(TestJobs.withId(QUEUE, id.member(2 * i)), TestJobs.withId(QUEUE, id.member(2 * i + 1)));
            boolean last = i == cuts() - 1;
            broker.batches().add(new Addition(id, plan, "part-" + i, 2 * i, jobs, Set.of(QUEUE), last));
            List<Lease> leases = lease(worker, 2);
            List<Settlement> settlements = List.of(
                    Settlement.of(leases.get(0), Outcome.Done.INSTANCE),
                    Settlement.of(
                            leases.get(1), new Outcome.Dead(leases.get(1).job().state())));

            Cut cut = cutter.cutNextReply(Request.SETTLE);
            persistently(() -> worker.settle(settlements));

            assertHappened(cut);
        }
        worker.sweep(); // brings to the batch what was settled by a call of which nobody heard
        eventually("all are counted", () -> {
            BatchStatus status = broker.batches().find(id).orElseThrow().status();
            return status.completed() != null && status.counts().equals(new Counts(2 * cuts(), 0, cuts(), cuts(), 0));
        });
        assertThat(broker.housekeeping().purge(QUEUE, Place.DEAD, null, 500)).hasSize(Math.min(500, cuts()));
    }

    @Test
    void aSettleOfAnotherQueueWhoseReplyIsLostArrivesOnce() {
        Session worker = open();
        Session retrier = openElsewhere("tck-retry");
        for (int i = 0; i < cuts(); i++) {
            QueuedJob job = sendOne();
            Lease lease = leaseOne(worker);
            Settlement retry = Settlement.of(
                    lease,
                    new Outcome.Retry(
                            Duration.ZERO,
                            "tck-retry",
                            job.state().afterFailure(TestJobs.failure("x"), java.time.Instant.ofEpochMilli(1))));

            Cut cut = cutter.cutNextReply(Request.SETTLE);
            assertThat(persistently(() -> worker.settle(List.of(retry)))).containsExactly(Verdict.APPLIED);
            assertHappened(cut);

            Lease again = leaseSoon(retrier, "tck-retry");
            assertThat(again.job().id()).isEqualTo(job.id());
            done(retrier, List.of(again));
        }
        persistently(worker::renew);
        persistently(worker::sweep);
        assertThat(broker.stats("tck-retry").waiting()).isZero();
        assertNothingLeft();
    }

    @Test
    @DisplayName("mechanics 13: a send whose answer is lost can be repeated with the same id")
    void aSendWhoseReplyIsLostIsRepeatedSafely() {
        List<JobId> sent = new ArrayList<>();
        for (int i = 0; i < cuts(); i++) {
            List<QueuedJob> jobs = TestJobs.jobs(QUEUE, 2);
            sent.addAll(TestJobs.ids(jobs));
            Cut cut = cutter.cutNextReply(Request.SEND);

            List<SendResult> results = sendResults(jobs);
            assertHappened(cut);
            for (int repeat = 0; results.stream().anyMatch(SendResult.Unknown.class::isInstance); repeat++) {
                assertThat(repeat).as("repeats of one send").isLessThan(50);
                assertThat(results)
                        .filteredOn(SendResult.Unknown.class::isInstance)
                        .allSatisfy(result -> assertThat(((SendResult.Unknown) result).cause())
                                .isNotNull());
                results = sendResults(jobs);
            }
            assertThat(results)
                    .allMatch(result -> result instanceof SendResult.Accepted || result instanceof SendResult.Exists);
        }

        assertThat(drain(open())).isEqualTo(sent);
        assertNothingLeft();
    }

    @Test
    void aUniqueSendWhoseReplyIsLostIsRepeatedAndAddedOnce() {
        needs(Capability.UNIQUE);
        Session worker = open();
        for (int i = 0; i < cuts(); i++) {
            QueuedJob job =
                    TestJobs.job(QUEUE).withUnique(new UniqueKey("key", Scope.RUNNING, null, OnConflict.KEEP, null));
            Cut cut = cutter.cutNextReply(Request.SEND);

            SendResult result = sendResults(List.of(job)).get(0);
            assertHappened(cut);
            for (int repeat = 0; result instanceof SendResult.Unknown; repeat++) {
                assertThat(repeat).as("repeats of one send").isLessThan(50);
                result = sendResults(List.of(job)).get(0);
            }

            assertThat(result).isIn(SendResult.Accepted.INSTANCE, new SendResult.Exists(job.id()));
            QueuedJob other = TestJobs.job(QUEUE).withUnique(job.unique());
            assertThat(sendResults(List.of(other))).containsExactly(new SendResult.Exists(job.id()));
            assertThat(drain(worker)).containsExactly(job.id());
        }
        assertNothingLeft();
    }

    @Test
    @DisplayName("mechanics 24: the reply of an addition to a batch is lost: added again its jobs are there once")
    void anAdditionToABatchWhoseReplyIsLostAddsItsJobsOnce() {
        needs(Capability.BATCH);
        BatchId id = BatchId.draw(Instant.now());
        Plan plan = new Plan(QUEUE, Duration.ofHours(1), Map.of());
        int parts = few();
        List<JobId> members = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            List<QueuedJob> jobs =
                    List.of(TestJobs.withId(QUEUE, id.member(2 * i)), TestJobs.withId(QUEUE, id.member(2 * i + 1)));
            members.addAll(TestJobs.ids(jobs));
            Addition addition =
                    new Addition(id, i == 0 ? plan : null, "part-" + i, 2 * i, jobs, Set.of(QUEUE), i == parts - 1);

            Cut cut = cutter.cutNextReply(Request.ADD);
            Added added = persistently(() -> broker.batches().add(addition));

            assertHappened(cut);
            assertThat(added.result()).isEqualTo(Result.ADDED);
        }
        assertThat(broker.batches().find(id).orElseThrow().status().counts().total())
                .isEqualTo(2 * parts);
        assertThat(drain(open())).containsExactlyElementsOf(members);
        eventually("all are counted", () -> {
            BatchStatus status = broker.batches().find(id).orElseThrow().status();
            return status.completed() != null && status.counts().equals(new Counts(2 * parts, 0, 2 * parts, 0, 0));
        });
        assertNothingLeft();
    }

    @Test
    @DisplayName(
            "mechanics 9: the reply of a claim of limited jobs is lost: it takes its permits once and gives them back")
    void aClaimOfLimitedJobsWhoseReplyIsLostTakesItsPermitsOnce() {
        needs(Capability.LIMITS);
        broker.limits().put(QUEUE, LimitScope.queue(), new Kept(Limit.concurrent(2), null));
        broker.limits().put(QUEUE, LimitScope.eachKey(), new Kept(Limit.rate(1, Duration.ofDays(1)), null));
        Session worker = open();
        for (int i = 0; i < few(); i++) {
            Map<JobId, String> keys = new HashMap<>();
            for (String key : List.of("a" + i, "b" + i, "c" + i)) {
                List<QueuedJob> jobs = List.of(TestJobs.withKey(QUEUE, key), TestJobs.withKey(QUEUE, key));
                send(jobs);
                jobs.forEach(job -> keys.put(job.id(), key));
            }
            List<Lease> leases = new ArrayList<>();

            Cut cut = cutter.cutNextReply(Request.CLAIM);
            eventually("what two permits allow is leased", () -> {
                leases.addAll(persistently(() -> claim(worker, 10)).leases());
                return leases.size() == 2;
            });

            assertHappened(cut);
            assertThat(lease(worker, 10)).as("beyond the permits").isEmpty();
            assertThat(broker.limits().running(QUEUE, LimitScope.queue())).isEqualTo(2);
            done(worker, leases);
            assertThat(broker.limits().running(QUEUE, LimitScope.queue())).isZero();
            List<Lease> last = lease(worker, 10);
            leases.addAll(last);
            done(worker, last);
            assertThat(lease(worker, 10)).as("beyond the rate").isEmpty();
            assertThat(leases)
                    .extracting(lease -> keys.get(lease.job().id()))
                    .containsExactlyInAnyOrder("a" + i, "b" + i, "c" + i);
            assertThat(broker.housekeeping().purge(QUEUE, Place.WAITING, null, 10))
                    .hasSize(3);
        }
        assertNothingLeft();
    }

    /** Of what takes longer. */
    private static int few() {
        return Math.max(5, cuts() / 5);
    }

    /** Calls again after a lost reply, as the engine does. */
    private static <T> T persistently(Supplier<T> call) {
        for (int repeat = 0; ; repeat++) {
            try {
                return call.get();
            } catch (BrokerUnavailableException lost) {
                if (repeat == 50) {
                    throw lost;
                }
            }
        }
    }

    private static void swallowing(Runnable call) {
        try {
            call.run();
        } catch (BrokerUnavailableException lost) {
            assertThat(lost).hasMessageStartingWith("GOOSE-");
        }
    }

    /** The client may hear of the cut before the proxy has counted it. */
    private void assertHappened(Cut cut) {
        eventually("the request was executed and its reply cut", () -> cut.times() > 0);
        assertThat(cut.times()).as("replies cut").isEqualTo(1);
    }

    private void assertNothingLeft() {
        assertThat(broker.stats(QUEUE).running()).as("left leased").isZero();
        assertThat(broker.stats(QUEUE).waiting()).as("left waiting").isZero();
    }
}
