package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.goose.admin.Place;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.Effect;
import io.goose.spi.Housekeeping;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.SendResult.Exists;
import io.goose.spi.SendResult.Replaced;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs of which no second one is added as long as the first has its key. */
public abstract class UniqueContract extends BrokerContract {

    private static final String RETRIES = "tck-retry";
    private static final String KEY = "the-key";
    private static final Duration LONG = Duration.ofHours(1);

    @BeforeEach
    void needUnique() {
        needs(Capability.UNIQUE);
    }

    private static QueuedJob unique(QueuedJob job, Scope scope, OnConflict onConflict) {
        return job.withUnique(new UniqueKey(KEY, scope, null, onConflict, RETRIES));
    }

    private static QueuedJob unique(Scope scope) {
        return unique(TestJobs.job(QUEUE), scope, OnConflict.KEEP);
    }

    private SendResult sent(QueuedJob job) {
        return sendResults(List.of(job)).get(0);
    }

    private void assertHeldBy(QueuedJob holder) {
        for (Scope scope : List.of(Scope.RUNNING, Scope.WAITING)) {
            assertThat(sent(unique(scope))).isEqualTo(new Exists(holder.id()));
        }
    }

    /** Sends another one, which must be accepted. */
    private QueuedJob assertFree() {
        return send(unique(Scope.RUNNING));
    }

    private static Verdict settleReleasing(Session worker, Lease lease, Outcome outcome) {
        return worker.settle(List.of(new Settlement(lease, outcome, List.of(new Effect.ReleaseUnique(QUEUE, KEY)))))
                .get(0);
    }

    private static Outcome.Retry retry(Lease lease, Duration after, String queue) {
        DeliveryState next = lease.job().state().afterFailure(TestJobs.failure("no"), Instant.ofEpochMilli(1));
        return new Outcome.Retry(after, queue, next);
    }

    private static Outcome.Dead dead(Lease lease) {
        return new Outcome.Dead(lease.job().state().afterDeath(TestJobs.failure("no"), Instant.EPOCH));
    }

    private static boolean sameBytes(EncodedEnvelope one, QueuedJob other) {
        return Arrays.equals(one.bytes(), other.envelope().bytes());
    }

    @Test
    void aSecondJobWithTheKeyIsNotAdded() {
        QueuedJob first = send(unique(Scope.RUNNING));

        assertHeldBy(first);
        List<SendResult> several = sendResults(List.of(
                unique(Scope.RUNNING),
                TestJobs.job(QUEUE),
                TestJobs.job("tck-other").withUnique(new UniqueKey(KEY, Scope.RUNNING, null, OnConflict.KEEP, null)),
                TestJobs.job(QUEUE).withUnique(new UniqueKey("another", Scope.RUNNING, null, OnConflict.KEEP, null)),
                TestJobs.job(QUEUE).withUnique(new UniqueKey("another", Scope.RUNNING, null, OnConflict.KEEP, null))));

        assertThat(several.get(0)).isEqualTo(new Exists(first.id()));
        assertThat(several.subList(1, 4)).containsOnly(SendResult.Accepted.INSTANCE);
        assertThat(several.get(4)).as("of two in one list the first is added").isInstanceOf(Exists.class);
        assertThat(drainSoon(open(), 3)).hasSize(3).contains(first.id());
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "WAITING"})
    void ofEightThatEnqueueTheSameAtOnceOneIsAdded(Scope scope) {
        Broker[] connections = new Broker[8];
        for (int i = 0; i < connections.length; i++) {
            connections[i] = i < 2 ? connect() : connections[i % 2];
        }
        for (int round = 0; round < 10; round++) {
            UniqueKey key = new UniqueKey("race-" + round, scope, null, OnConflict.KEEP, null);
            Queue<JobId> accepted = new ConcurrentLinkedQueue<>();
            Queue<JobId> existing = new ConcurrentLinkedQueue<>();
            Together.run(8, thread -> {
                QueuedJob job = TestJobs.job(QUEUE).withUnique(key);
                SendResult result = connections[thread]
                        .send(List.of(job))
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .get(0);
                if (result instanceof Exists exists) {
                    existing.add(exists.id());
                } else {
                    assertThat(result).isEqualTo(SendResult.Accepted.INSTANCE);
                    accepted.add(job.id());
                }
            });
            assertThat(accepted).hasSize(1);
            assertThat(existing).hasSize(7).containsOnly(accepted.peek());
        }
        assertThat(drainSoon(open(), 10)).hasSize(10);
    }

    @Test
    void theKeyIsHeldUntilTheJobHasEnded() {
        Session worker = open();
        QueuedJob first = send(unique(Scope.RUNNING));
        Lease lease = leaseSoon(worker);
        assertHeldBy(first);
        apply(worker, lease, retry(lease, Duration.ZERO, QUEUE));
        assertHeldBy(first);
        Lease again = leaseSoon(worker);
        assertHeldBy(first);
        apply(worker, again, new Outcome.Parked("nobody can run it", null));
        assertHeldBy(first);
        assertThat(broker.replay(QUEUE, first.id())).isTrue();
        assertHeldBy(first);
        Lease last = leaseSoon(worker);
        assertThat(settleReleasing(worker, last, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);

        QueuedJob second = assertFree();
        assertThat(settleReleasing(worker, last, Outcome.Done.INSTANCE)).isEqualTo(Verdict.STALE);
        assertHeldBy(second);
    }

    @Test
    void theKeyOfOneThatOnlyWaitsIsFreeWhileItRuns() {
        Session worker = open();
        QueuedJob first = send(unique(Scope.WAITING));
        assertHeldBy(first);
        Lease lease = leaseSoon(worker);

        QueuedJob second = send(unique(Scope.WAITING));
        apply(worker, lease, Outcome.Release.NOW);

        assertThat(sent(unique(Scope.WAITING))).isEqualTo(new Exists(second.id()));
        assertThat(drainSoon(worker, 2)).containsExactlyInAnyOrder(first.id(), second.id());
    }

    @Test
    void theKeyOfOneThatWaitsToBeRetriedIsHeldAgain() {
        Session worker = open();
        QueuedJob first = send(unique(Scope.WAITING));
        Lease lease = leaseSoon(worker);
        apply(worker, lease, retry(lease, LONG, QUEUE));

        assertHeldBy(first);
    }

    /** What becomes of a job that runs, and nobody gives its key up. */
    enum End {
        DONE,
        CANCELLED,
        EXPIRED,
        DEAD
    }

    @ParameterizedTest
    @EnumSource
    void whatHasEndedHoldsNothing(End end) {
        Session worker = open();
        send(unique(Scope.RUNNING));
        Lease lease = leaseSoon(worker);
        apply(
                worker,
                lease,
                switch (end) {
                    case DONE -> Outcome.Done.INSTANCE;
                    case CANCELLED -> new Outcome.Cancelled();
                    case EXPIRED -> new Outcome.Expired();
                    case DEAD -> dead(lease);
                });

        assertFree();
    }

    @Test
    void whatWasDeletedCancelledOrPurgedHoldsNothing() {
        Instant later = underTest.now().plus(LONG);
        QueuedJob deleted = send(unique(TestJobs.at(TestJobs.job(QUEUE), later), Scope.RUNNING, OnConflict.KEEP));
        assertHeldBy(deleted);
        assertThat(broker.delete(QUEUE, deleted.id())).isTrue();

        QueuedJob purged = send(unique(TestJobs.at(TestJobs.job(QUEUE), later), Scope.RUNNING, OnConflict.KEEP));
        assertHeldBy(purged);
        assertThat(broker.housekeeping().purge(QUEUE, Place.SCHEDULED, null, 10))
                .containsExactly(purged.id());

        QueuedJob last = send(unique(TestJobs.at(TestJobs.job(QUEUE), later), Scope.RUNNING, OnConflict.KEEP));
        assertHeldBy(last);
        if (can(Capability.CANCEL)) {
            broker.cancel(QUEUE, last.id());
            assertFree();
        }
    }

    @Test
    void whatWasEvictedHoldsNothing() {
        broker = closedLater(underTest.connect(new DeadRetention(1, Duration.ofDays(1))));
        Session worker = broker.open(mortalSpec(1));
        QueuedJob first = send(unique(Scope.RUNNING));
        Lease lease = leaseSoon(worker);
        apply(worker, lease, dead(lease));
        Instant died = underTest.now();
        eventually("the next dies later", () -> underTest.now().toEpochMilli() > died.toEpochMilli());
        sendOne();
        Lease other = leaseSoon(worker);
        apply(worker, other, dead(other));
        eventually("the first is evicted", () -> {
            worker.renew();
            worker.sweep();
            return !idsOfStored(broker.list(QUEUE, Place.DEAD, 0, 10)).contains(first.id());
        });

        assertFree();
    }

    @Test
    void theKeyIsHeldUntilItsTimeWhateverBecomesOfTheJob() {
        Session worker = open();
        Duration span = Duration.ofSeconds(4); // of a server's clock, and all until the advance must come before
        QueuedJob first = send(TestJobs.job(QUEUE)
                .withUnique(new UniqueKey(KEY, Scope.UNTIL, underTest.now().plus(span), OnConflict.KEEP, null)));
        Lease lease = leaseSoon(worker);
        apply(worker, lease, Outcome.Done.INSTANCE);

        assertHeldBy(first);

        underTest.advance(span.plusMillis(100));
        QueuedJob second = assertFree();
        assertHeldBy(second);
    }

    /** How a job that is retried in another queue ends there. */
    enum EndElsewhere {
        DONE_AND_RELEASED,
        DONE,
        DEAD,
        DELETED
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRetriedElsewhereKeepsItsKeyUntilItHasEndedThere(EndElsewhere end) {
        Session worker = open(QUEUE, RETRIES);
        QueuedJob first = send(unique(Scope.RUNNING));
        Lease lease = leaseSoon(worker);
        apply(worker, lease, retry(lease, end == EndElsewhere.DELETED ? LONG : Duration.ZERO, RETRIES));
        assertHeldBy(first);
        if (end == EndElsewhere.DELETED) {
            eventually("it is there", () -> broker.find(RETRIES, first.id()).isPresent());
            assertHeldBy(first);
            assertThat(broker.delete(RETRIES, first.id())).isTrue();
            assertFree();
            return;
        }
        Lease elsewhere = leaseSoon(worker, RETRIES);
        assertThat(sent(unique(Scope.RUNNING))).isEqualTo(new Exists(first.id()));
        switch (end) {
            case DONE_AND_RELEASED ->
                assertThat(settleReleasing(worker, elsewhere, Outcome.Done.INSTANCE))
                        .isEqualTo(Verdict.APPLIED);
            case DEAD -> apply(worker, elsewhere, dead(elsewhere));
            default -> apply(worker, elsewhere, Outcome.Done.INSTANCE);
        }

        QueuedJob second = assertFree();
        assertHeldBy(second);
    }

    @Test
    void whatWasGivenUpByAJobThatHadTheKeyBeforeIsNot() {
        Session worker = open();
        send(unique(Scope.WAITING));
        Lease lease = leaseSoon(worker);
        QueuedJob second = send(unique(Scope.RUNNING));

        assertThat(settleReleasing(worker, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);

        assertHeldBy(second);
    }

    @Test
    void aDeadJobThatIsReplayedHasItsKeyAgainIfNobodyElseHasIt() {
        Session worker = open();
        QueuedJob first = send(unique(Scope.RUNNING));
        Lease lease = leaseSoon(worker);
        apply(worker, lease, dead(lease));
        assertThat(broker.replay(QUEUE, first.id())).isTrue();
        assertHeldBy(first);

        Lease again = leaseSoon(worker);
        apply(worker, again, dead(again));
        QueuedJob second = assertFree();
        assertThat(broker.replay(QUEUE, first.id()))
                .as("it runs beside the other")
                .isTrue();

        assertHeldBy(second);
        assertThat(drainSoon(worker, 2)).containsExactlyInAnyOrder(first.id(), second.id());
    }

    @Test
    void whatWasRunningWhenItsWorkerDiedKeepsItsKey() {
        needsExactCounting();
        QueuedJob first = send(unique(Scope.RUNNING));
        Session mortal = openMortal(1);
        leaseSoon(mortal);
        Session rescuer = openMortal(1);
        rescue(rescuer, 1);

        assertHeldBy(first);
        assertThat(drainSoon(rescuer, 1)).containsExactly(first.id());
        assertFree();
    }

    @Test
    void aChosenIdThatIsSentAgainIsFoundAndNotTheKey() {
        QueuedJob job = TestJobs.marked(TestJobs.job(QUEUE))
                .withUnique(new UniqueKey(KEY, Scope.RUNNING, null, OnConflict.KEEP, null));
        send(job);
        assertThat(sent(job)).isEqualTo(new Exists(job.id()));
        assertThat(drainSoon(open(), 1)).containsExactly(job.id());
        assertThat(sent(job)).as("after it has run").isEqualTo(new Exists(job.id()));

        QueuedJob next = assertFree();
        assertHeldBy(next);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBytesOfAScheduledOneAreReplacedAndItsTimeIfThatIsAskedFor(boolean debounced) {
        Instant due = underTest.now().plus(LONG).truncatedTo(ChronoUnit.MILLIS);
        Instant later = due.plus(LONG);
        OnConflict how = debounced ? OnConflict.DEBOUNCE : OnConflict.REPLACE;
        QueuedJob first = send(unique(TestJobs.at(TestJobs.job(QUEUE), due), Scope.RUNNING, how));

        QueuedJob next = unique(TestJobs.at(TestJobs.job(QUEUE), later), Scope.RUNNING, how);
        assertThat(sent(next)).isEqualTo(new Replaced(first.id()));

        QueuedJob found = found(first).job();
        assertThat(sameBytes(found.envelope(), next)).isTrue();
        assertThat(found.state().notBefore()).isEqualTo(debounced ? later : due);
        assertThat(idsOfStored(broker.list(QUEUE, Place.SCHEDULED, 0, 10))).containsExactly(first.id());
        assertThat(sent(unique(Scope.RUNNING)))
                .as("who only looks changes nothing")
                .isEqualTo(new Exists(first.id()));
        assertThat(sameBytes(found(first).job().envelope(), next)).isTrue();
    }

    @Test
    void whatRunsIsNotReplaced() {
        Session worker = open();
        QueuedJob first = send(unique(Scope.RUNNING));
        Lease lease = leaseSoon(worker);

        QueuedJob next = unique(TestJobs.job(QUEUE), Scope.RUNNING, OnConflict.REPLACE);
        assertThat(sent(next)).isEqualTo(new Exists(first.id()));
        apply(worker, lease, retry(lease, LONG, QUEUE));

        assertThat(sameBytes(found(first).job().envelope(), first)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "WAITING"})
    void aReplacementThatRacesWithTheClaimIsRunOrNotMade(Scope scope) {
        assumeThat(underTest.replacesWhatWaits()).isTrue();
        Session worker = open();
        for (int round = 0; round < 20; round++) {
            QueuedJob first = send(unique(TestJobs.job(QUEUE), scope, OnConflict.REPLACE));
            QueuedJob next = unique(TestJobs.job(QUEUE), scope, OnConflict.REPLACE);
            AtomicReference<@Nullable SendResult> result = new AtomicReference<>();
            List<Lease> leased = new ArrayList<>();
            Together.run(2, thread -> {
                if (thread == 0) {
                    result.set(sent(next));
                } else {
                    leased.add(leaseSoon(worker));
                }
            });
            Lease lease = leased.get(0);
            if (result.get() instanceof Replaced) {
                assertThat(lease.job().id()).isEqualTo(first.id());
                assertThat(sameBytes(lease.job().envelope(), next))
                        .as("what runs")
                        .isTrue();
            } else {
                boolean added = result.get() instanceof SendResult.Accepted;
                assertThat(added).as("it runs already, so the key is free").isEqualTo(scope == Scope.WAITING);
                assertThat(sameBytes(lease.job().envelope(), first))
                        .as("what runs")
                        .isTrue();
            }
            done(worker, leased);
            drain(worker);
        }
    }

    @Test
    void whatWaitsKeepsItsPlaceWhenItIsReplaced() {
        assumeThat(underTest.replacesWhatWaits()).isTrue();
        QueuedJob first = send(unique(Scope.RUNNING));
        QueuedJob behind = sendOne();
        QueuedJob next = unique(TestJobs.job(QUEUE), Scope.RUNNING, OnConflict.DEBOUNCE);

        assertThat(sent(next)).isEqualTo(new Replaced(first.id()));

        List<Lease> leases = lease(open(), 2);
        assertThat(idsOf(leases)).containsExactly(first.id(), behind.id());
        assertThat(sameBytes(leases.get(0).job().envelope(), next)).isTrue();
    }

    @Test
    void deletedOnesAreForgottenWithoutTouchingOthers() {
        Instant later = underTest.now().plus(LONG);
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), later)
                    .withUnique(new UniqueKey("key-" + i, Scope.RUNNING, null, OnConflict.KEEP, null));
            ids.add(send(job).id());
        }
        broker.housekeeping().delete(QUEUE, Housekeeping.ALL_BUT_RUNNING, ids.subList(0, 25));
        Session worker = openMortal(1);
        beatFor(underTest.shortHeartbeat().multipliedBy(2), worker);
        worker.sweep();

        for (int i = 0; i < 50; i++) {
            QueuedJob again = TestJobs.at(TestJobs.job(QUEUE), later)
                    .withUnique(new UniqueKey("key-" + i, Scope.RUNNING, null, OnConflict.KEEP, null));
            SendResult expected = i < 25 ? SendResult.Accepted.INSTANCE : new Exists(ids.get(i));
            assertThat(sent(again)).isEqualTo(expected);
        }
    }
}
