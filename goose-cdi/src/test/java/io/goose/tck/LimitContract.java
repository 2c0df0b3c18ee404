package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.admin.Place;
import io.goose.job.CancelResult;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.job.UniqueKey;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.LimitLedger.Kept;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that wait for permits: none is leased beyond a limit, however leases end, and none is forgotten. */
public abstract class LimitContract extends BrokerContract {

    private static final String HANDLER = "Studio#develop";
    private static final EnvelopeCodec CODEC = new EnvelopeCodec();

    /** The ends of a lease: each gives the permits back. */
    enum End {
        DONE(lease -> Outcome.Done.INSTANCE),
        CANCELLED(lease -> new Outcome.Cancelled()),
        EXPIRED(lease -> new Outcome.Expired()),
        DEAD(lease -> new Outcome.Dead(lease.job().state().afterDeath(TestJobs.failure("no"), Instant.EPOCH))),
        PARKED(lease -> new Outcome.Parked("nobody can run it", null)),
        SNOOZED(lease -> new Outcome.Snooze(Duration.ofHours(1))),
        RETRIED(lease -> retry(lease, QUEUE)),
        RETRIED_ELSEWHERE(lease -> retry(lease, "tck-retry")),
        RELEASED(lease -> Outcome.Release.NOW),
        DEFERRED(lease -> new Outcome.Deferred("key")),
        RETURNED(lease -> Outcome.Done.INSTANCE);

        private final Function<Lease, Outcome> outcome;

        End(Function<Lease, Outcome> outcome) {
            this.outcome = outcome;
        }
    }

    @BeforeEach
    void needLimits() {
        needs(Capability.LIMITS);
    }

    private static Outcome retry(Lease lease, String queue) {
        DeliveryState next = lease.job().state().afterFailure(TestJobs.failure("no"), Instant.ofEpochMilli(1));
        return new Outcome.Retry(Duration.ofHours(1), queue, next);
    }

    private static QueuedJob job(String handler, String key) {
        JobId id = JobId.of(UUID.randomUUID());
        Envelope envelope = Envelope.builder(id, handler, QUEUE, JsonValue.EMPTY_JSON_ARRAY, Instant.now())
                .key(key.isEmpty() ? null : key)
                .headers(Map.of("note", "\"key\":\"other\", 🦢"))
                .build();
        return new QueuedJob(QUEUE, id, CODEC.encode(envelope), DeliveryState.FRESH);
    }

    private QueuedJob sendWith(String key) {
        return send(job(HANDLER, key));
    }

    private List<QueuedJob> sendWith(String key, int count) {
        List<QueuedJob> jobs =
                IntStream.range(0, count).mapToObj(i -> job(HANDLER, key)).toList();
        send(jobs);
        return jobs;
    }

    private void limit(LimitScope scope, Limit limit) {
        broker.limits().put(QUEUE, scope, new Kept(limit, null));
    }

    private long running(LimitScope scope) {
        return broker.limits().running(QUEUE, scope);
    }

    /** Leases all that is within the limits now, in as many claims as that takes. */
    private List<Lease> leaseAll(Session session) {
        List<Lease> leases = new ArrayList<>();
        Claim claim;
        do {
            claim = claim(session, 100);
            leases.addAll(claim.leases());
        } while (claim.more());
        return leases;
    }

    @Test
    void limitsAreKeptUntilTheyAreChanged() {
        Kept first = new Kept(Limit.concurrent(3).andRate(100, Duration.ofSeconds(1)), "3 100 1000");
        Kept second = new Kept(Limit.rate(7, Duration.ofMinutes(1)), null);
        LimitScope odd = LimitScope.key("k:\n\"tänant\" |{1}");
        assertThat(broker.limits().limits(QUEUE)).isEmpty();

        broker.limits().put(QUEUE, LimitScope.queue(), first);
        broker.limits().put(QUEUE, odd, second);
        assertThat(connect().limits().limits(QUEUE)).isEqualTo(Map.of(LimitScope.queue(), first, odd, second));

        broker.limits().put(QUEUE, LimitScope.queue(), second);
        assertThat(broker.limits().remove(QUEUE, odd)).isTrue();
        assertThat(broker.limits().remove(QUEUE, odd)).isFalse();
        assertThat(broker.limits().limits(QUEUE)).isEqualTo(Map.of(LimitScope.queue(), second));
        assertThat(broker.limits().limits("tck-other")).isEmpty();
    }

    @Test
    void aQueueRunsNoMoreThanItMay() {
        limit(LimitScope.queue(), Limit.concurrent(2));
        List<QueuedJob> jobs = sendWith("", 4);
        Session one = open();
        Session other = openElsewhere();

        Claim claim = claim(one, 10);

        assertThat(idsOf(claim.leases())).isEqualTo(TestJobs.ids(jobs.subList(0, 2)));
        assertThat(claim.limited()).isTrue();
        assertThat(claim.more()).isFalse();
        assertThat(claim.nextDue()).as("time brings no permit").isNull();
        assertThat(lease(other, 10)).isEmpty();
        assertThat(running(LimitScope.queue())).isEqualTo(2);
        done(one, claim.leases().subList(0, 1));
        assertThat(idsOf(lease(other, 10))).containsExactly(jobs.get(2).id());
        assertThat(lease(one, 10)).isEmpty();
    }

    @Test
    void anotherQueueIsNotLimited() {
        limit(LimitScope.queue(), Limit.concurrent(1));
        send(TestJobs.jobs("tck-other", 3));
        Session worker = open("tck-other", QUEUE);

        Claim claim = worker.lease("tck-other", 10, MANY_BYTES);

        assertThat(claim.leases()).hasSize(3);
        assertThat(claim.limited()).isFalse();
        assertThat(broker.limits().running("tck-other", LimitScope.queue())).isZero();
    }

    @Test
    void handlersAndKeysAreLimitedEachForItself() {
        limit(LimitScope.handler("A#a"), Limit.concurrent(2));
        limit(LimitScope.eachKey(), Limit.concurrent(1));
        limit(LimitScope.key("big"), Limit.concurrent(3));
        for (int i = 0; i < 4; i++) {
            send(job("A#a", ""));
            send(job("B#b", ""));
            send(job("B#b", "small"));
            send(job("B#b", "big"));
            send(job("A#a", "big"));
        }
        Session worker = open();

        List<Lease> leases = leaseAll(worker);

        Map<String, Integer> counts = new HashMap<>();
        for (Lease lease : leases) {
            Envelope envelope = read(lease);
            counts.merge(envelope.handler(), 1, Integer::sum);
            envelope.key().ifPresent(key -> counts.merge(key, 1, Integer::sum));
            counts.merge(envelope.key().orElse(""), envelope.handler().equals("B#b") ? 1 : 0, Integer::sum);
        }
        assertThat(counts.get("A#a")).isEqualTo(2);
        assertThat(counts.get("small")).as("its own job counted twice here").isEqualTo(2);
        assertThat(running(LimitScope.key("small"))).isEqualTo(1);
        assertThat(running(LimitScope.key("big"))).isEqualTo(3);
        assertThat(counts.get(""))
                .as("neither handler nor key of these is limited")
                .isEqualTo(4);
        assertThat(running(LimitScope.queue())).isEqualTo(leases.size());
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(20 - leases.size());
        Set<JobId> all = new HashSet<>(idsOf(leases));
        while (!leases.isEmpty()) {
            done(worker, leases);
            leases = leaseAll(worker);
            all.addAll(idsOf(leases));
        }
        assertThat(all).hasSize(20);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
        assertThat(running(LimitScope.queue())).isZero();
    }

    private static Envelope read(Lease lease) {
        try {
            return CODEC.decode(lease.job().envelope());
        } catch (UndecodableEnvelopeException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void aRateLetsABurstRunAndTellsWhenTheNextMay() {
        limit(LimitScope.eachKey(), Limit.rate(40, Duration.ofSeconds(1)));
        limit(LimitScope.key("slow"), Limit.rate(1, Duration.ofHours(10)));
        sendWith("quick", 5);
        sendWith("slow", 2);
        Session worker = open();

        List<Lease> leases = leaseAll(worker);

        assertThat(leases.stream().filter(lease -> read(lease).key().orElse("").equals("slow")))
                .hasSize(1);
        assertThat(leases.size())
                .as("a burst of two, and what was due meanwhile")
                .isBetween(3, 6);
        done(worker, leases);
        Set<JobId> ran = new HashSet<>(idsOf(leases));
        eventually("the quick ones run at their rate", () -> {
            Claim claim = claim(worker, 10);
            done(worker, claim.leases());
            ran.addAll(idsOf(claim.leases()));
            if (claim.leases().isEmpty() && ran.size() < 6) {
                assertThat(claim.nextDue()).as("when to come again").isBetween(Duration.ZERO, Duration.ofMillis(26));
            }
            return ran.size() == 6;
        });
        Claim last = claim(worker, 10);
        assertThat(last.leases()).isEmpty();
        assertThat(last.nextDue()).isBetween(Duration.ofHours(9), Duration.ofHours(10));
    }

    @ParameterizedTest
    @EnumSource
    void howeverALeaseEndsItsPermitsComeBack(End end) {
        limit(LimitScope.queue(), Limit.concurrent(2));
        limit(LimitScope.eachKey(), Limit.concurrent(1));
        limit(LimitScope.handler(HANDLER), Limit.concurrent(2));
        QueuedJob first = sendWith("one");
        QueuedJob second = sendWith("one");
        Session worker = open();
        Lease lease = leaseOne(worker);
        assertThat(lease.job().id()).isEqualTo(first.id());
        assertThat(lease(worker, 5)).isEmpty();

        if (end == End.RETURNED) {
            worker.returnUnstarted(List.of(lease));
        } else {
            apply(worker, lease, end.outcome.apply(lease));
        }

        for (LimitScope scope : List.of(LimitScope.queue(), LimitScope.key("one"), LimitScope.handler(HANDLER))) {
            assertThat(running(scope)).as("running of %s", scope).isZero();
        }
        boolean again = end == End.RELEASED || end == End.DEFERRED || end == End.RETURNED;
        Lease next = leaseOne(worker);
        assertThat(next.job().id()).isEqualTo(again ? first.id() : second.id());
        assertThat(next.job().state().attempt()).isEqualTo(1);
        assertThat(lease(worker, 5)).isEmpty();
        assertThat(running(LimitScope.key("one"))).isEqualTo(1);
    }

    @Test
    void theDeadKeepTheirPermitsUntilTheyAreRescued() {
        limit(LimitScope.eachKey(), Limit.concurrent(2));
        sendWith("one", 5);
        Session mortal = openMortal(1);
        assertThat(lease(mortal, 5)).hasSize(2);
        Session rescuer = open();
        assertThat(lease(rescuer, 5)).isEmpty();

        rescue(rescuer, 2);

        assertThat(running(LimitScope.key("one"))).isZero();
        assertThat(running(LimitScope.queue())).isZero();
        Set<JobId> ran = new HashSet<>();
        eventually("all five have run, never more than two at a time", () -> {
            List<Lease> leases = leaseAll(rescuer);
            assertThat(leases.size()).isLessThanOrEqualTo(2);
            assertThat(running(LimitScope.key("one"))).isEqualTo(leases.size());
            ran.addAll(idsOf(leases));
            done(rescuer, leases);
            return ran.size() == 5;
        });
    }

    @Test
    void whatRunsAndWaitsWhenALimitIsSetIsLimitedToo() {
        sendWith("one", 3);
        sendWith("two", 3);
        Session worker = open();
        Lease early = leaseOne(worker);
        limit(LimitScope.eachKey(), Limit.concurrent(1));

        List<Lease> leases = leaseAll(worker);

        assertThat(leases).extracting(lease -> read(lease).key().orElse("")).containsExactly("two");
        assertThat(running(LimitScope.key("one"))).isEqualTo(1);
        done(worker, List.of(early));
        assertThat(leaseAll(worker)).hasSize(1);
        limit(LimitScope.eachKey(), Limit.concurrent(2));
        assertThat(leaseAll(worker)).as("one more of each").hasSize(2);
        assertThat(broker.limits().remove(QUEUE, LimitScope.eachKey())).isTrue();
        assertThat(leaseAll(worker)).as("the last").hasSize(1);
        sendWith("one", 2);
        Claim free = claim(worker, 5);
        assertThat(free.leases()).hasSize(2);
        assertThat(claim(worker, 5).limited()).isFalse();
    }

    @Test
    void keysTakeTurns() {
        limit(LimitScope.eachKey(), Limit.NONE);
        List<JobId> many = TestJobs.ids(sendWith("many", 30));
        List<JobId> few = TestJobs.ids(sendWith("few", 3));
        List<JobId> none = TestJobs.ids(sendWith("", 2));
        Session worker = open();

        List<JobId> order = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            order.add(leaseOne(worker).job().id());
        }

        assertThat(order).containsAll(few).containsAll(none);
        assertThat(order.stream().filter(many::contains)).isEqualTo(many.subList(0, 4));
        assertThat(order.stream().filter(few::contains)).isEqualTo(few);
        assertThat(leaseAll(worker)).hasSize(26);
    }

    @Test
    void whatWaitsUnderAKeyIsSeenAndChangedAsAnythingThatWaits() {
        limit(LimitScope.eachKey(), Limit.concurrent(1));
        List<QueuedJob> jobs = sendWith("one", 7);
        QueuedJob other = sendWith("two");
        Session worker = open();
        List<Lease> held = leaseAll(worker);
        assertThat(idsOf(held)).containsExactlyInAnyOrder(jobs.get(0).id(), other.id());

        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(6);
        assertThat(idsOfStored(broker.list(QUEUE, Place.WAITING, 0, 10))).isEqualTo(TestJobs.ids(jobs.subList(1, 7)));
        assertThat(idsOfStored(broker.list(QUEUE, Place.WAITING, 2, 2))).isEqualTo(TestJobs.ids(jobs.subList(3, 5)));
        assertPlace(jobs.get(3), Place.WAITING);
        assertThat(broker.delete(QUEUE, jobs.get(1).id())).isTrue();
        if (can(Capability.CANCEL)) {
            assertThat(broker.cancel(QUEUE, jobs.get(2).id())).isEqualTo(CancelResult.REMOVED);
        } else {
            assertThat(broker.delete(QUEUE, jobs.get(2).id())).isTrue();
        }
        assertGone(jobs.get(1));
        assertGone(jobs.get(2));
        assertThat(broker.housekeeping()
                        .prioritise(
                                QUEUE,
                                Set.of(Place.WAITING),
                                List.of(jobs.get(5).id(), jobs.get(4).id())))
                .hasSize(2);
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(4);

        done(worker, held);
        List<JobId> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Lease lease = leaseOne(worker);
            order.add(lease.job().id());
            done(worker, List.of(lease));
        }
        assertThat(order)
                .containsExactly(jobs.get(5).id(), jobs.get(4).id(), jobs.get(3).id());
        assertThat(broker.housekeeping().purge(QUEUE, Place.WAITING, null, 100))
                .containsExactly(jobs.get(6).id());
        assertThat(broker.stats(QUEUE).waiting()).isZero();
        assertThat(leaseAll(worker)).isEmpty();

        // Their ids may come again.
        send(jobs.get(1));
        send(jobs.get(6));
        assertThat(drainSoon(worker, 2))
                .containsExactlyInAnyOrder(jobs.get(1).id(), jobs.get(6).id());
    }

    @Test
    void aPausedQueueGivesNothingAndAReplayedJobIsLimited() {
        limit(LimitScope.eachKey(), Limit.concurrent(1));
        Session worker = open();
        List<QueuedJob> jobs = sendWith("one", 2);
        Lease lease = leaseOne(worker);
        apply(worker, lease, End.DEAD.outcome.apply(lease));
        if (can(Capability.PAUSE)) {
            broker.pause(QUEUE);
            assertThat(claim(worker, 5).paused()).isTrue();
            broker.resume(QUEUE);
        }

        assertThat(broker.replay(QUEUE, jobs.get(0).id())).isTrue();

        Lease first = leaseOne(worker);
        assertThat(lease(worker, 5)).isEmpty();
        done(worker, List.of(first));
        Lease second = leaseOne(worker);
        assertThat(idsOf(List.of(first, second))).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void whatOnlySomeCanRunIsLimitedToo() {
        needs(Capability.HANDLER_ROUTING);
        limit(LimitScope.eachKey(), Limit.concurrent(1));
        QueuedJob known = sendWith("one");
        Session stranger = open();
        Session knows = openKnowing("handler:x");
        Lease lease = leaseOne(stranger);
        apply(stranger, lease, new Outcome.Release(Duration.ZERO, "handler:x"));
        sendWith("one");
        Lease plain = leaseOne(stranger);

        assertThat(lease(knows, 5)).as("the other one holds the permit").isEmpty();

        done(stranger, List.of(plain));
        assertThat(lease(stranger, 5)).isEmpty();
        assertThat(idsOf(lease(knows, 5))).containsExactly(known.id());
        assertThat(running(LimitScope.key("one"))).isEqualTo(1);
    }

    @Test
    void manyWorkersStayWithinTheLimits() {
        limit(LimitScope.queue(), Limit.concurrent(8));
        limit(LimitScope.eachKey(), Limit.concurrent(3));
        int keys = 5;
        int jobs = 200;
        List<QueuedJob> all = IntStream.range(0, jobs)
                .mapToObj(i -> job(i % 3 == 0 ? "A#a" : HANDLER, "key-" + i % keys))
                .toList();
        send(all);
        Map<String, AtomicInteger> now = new ConcurrentHashMap<>();
        Map<JobId, Integer> ran = new ConcurrentHashMap<>();
        Set<String> over = ConcurrentHashMap.newKeySet();
        List<Session> sessions =
                IntStream.range(0, 4).mapToObj(i -> openElsewhere()).toList();

        Together.run(sessions.size(), thread -> {
            while (ran.size() < jobs && over.isEmpty()) {
                List<Lease> leases = claim(sessions.get(thread), 4).leases();
                for (Lease lease : leases) {
                    count(now, "all", 1, 8, over);
                    count(now, read(lease).key().orElseThrow(), 1, 3, over);
                    ran.merge(lease.job().id(), 1, Integer::sum);
                }
                for (Lease lease : leases) {
                    count(now, "all", -1, 8, over);
                    count(now, read(lease).key().orElseThrow(), -1, 3, over);
                }
                sessions.get(thread)
                        .settle(leases.stream()
                                .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                                .toList());
            }
        });

        assertThat(over).isEmpty();
        assertThat(ran).hasSize(jobs).allSatisfy((id, times) -> assertThat(times)
                .isEqualTo(1));
        assertThat(running(LimitScope.queue())).isZero();
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    /** A claim of a job: between which times of the broker it was made. */
    private record Claimed(Instant from, Instant to) {}

    @Test
    void ratesHoldInEveryWindowAndPermitsOutliveWorkers() {
        Limit limit = Limit.concurrent(3).andRate(60, Duration.ofSeconds(1));
        limit(LimitScope.eachKey(), limit);
        int keys = 5;
        int jobs = 100;
        send(IntStream.range(0, jobs)
                .mapToObj(i -> job(HANDLER, "key-" + i % keys))
                .toList());
        Session dies = openMortal(2);
        assertThat(lease(dies, 4)).isNotEmpty();
        Session heart = open();
        List<Session> sessions =
                IntStream.range(0, 3).mapToObj(i -> openElsewhere()).toList();
        Map<String, AtomicInteger> now = new ConcurrentHashMap<>();
        Map<String, List<Claimed>> claimed = new ConcurrentHashMap<>();
        Set<JobId> done = ConcurrentHashMap.newKeySet();
        Set<String> over = ConcurrentHashMap.newKeySet();
        AtomicIntegerArray rounds = new AtomicIntegerArray(sessions.size());

        Together.run(sessions.size() + 1, thread -> {
            while (done.size() < jobs && over.isEmpty()) {
                if (thread == sessions.size()) { // time passes, and somebody sees to the dead
                    underTest.advance(underTest.shortHeartbeat());
                    for (int i = 0;
                            i < rounds.length();
                            i++) { // a clock that is moved by hand must not outrun a session
                        int round = rounds.get(i);
                        while (done.size() < jobs && over.isEmpty() && rounds.get(i) < round + 1) {
                            Thread.onSpinWait();
                        }
                    }
                    heart.renew();
                    heart.sweep();
                    continue;
                }
                Instant from = underTest.now();
                List<Lease> leases = claim(sessions.get(thread), 4).leases();
                Claimed one = new Claimed(from, underTest.now());
                for (Lease lease : leases) {
                    String key = read(lease).key().orElseThrow();
                    count(now, key, 1, 3, over);
                    claimed.computeIfAbsent(key, name -> new CopyOnWriteArrayList<>())
                            .add(one);
                }
                leases.forEach(lease -> count(now, read(lease).key().orElseThrow(), -1, 3, over));
                done.addAll(idsOf(leases));
                done(sessions.get(thread), leases);
                rounds.incrementAndGet(thread);
            }
        });

        assertThat(over).isEmpty();
        claimed.forEach((key, claims) -> {
            for (Claimed first : claims) {
                for (Claimed last : claims) {
                    if (last.to().isBefore(first.from())) {
                        continue;
                    }
                    long inside = claims.stream()
                            .filter(one -> !one.from().isBefore(first.from())
                                    && !one.to().isAfter(last.to()))
                            .count();
                    // The times are whole milliseconds: a window may be one longer at each end.
                    double millis = Duration.between(first.from(), last.to()).toMillis() + 2;
                    assertThat((double) inside)
                            .as("%s from %s to %s", key, first.from(), last.to())
                            .isLessThanOrEqualTo(millis * limit.rate() / 1000 + limit.burst());
                }
            }
        });
        assertThat(done).hasSize(jobs);
        assertThat(running(LimitScope.queue())).isZero();
        assertThat(broker.stats(QUEUE).running()).isZero();
    }

    private static void count(Map<String, AtomicInteger> now, String what, int by, int most, Set<String> over) {
        int count = now.computeIfAbsent(what, key -> new AtomicInteger()).addAndGet(by);
        if (count > most) {
            over.add(what + ": " + count);
        }
    }

    @Test
    void aJobThatIsReplacedWhileItWaits_countsUnderItsNewKey() {
        needs(Capability.UNIQUE);
        limit(LimitScope.eachKey(), Limit.concurrent(1));
        Session worker = open();
        sendWith("a");
        sendWith("b");
        List<Lease> first = leaseAll(worker);
        assertThat(first).hasSize(2);
        UniqueKey once = new UniqueKey("once", Scope.WAITING, null, OnConflict.REPLACE, null);
        QueuedJob waiting = send(job(HANDLER, "a").withUnique(once));
        assertThat(leaseAll(worker)).isEmpty();
        assertThat(broker.send(List.of(job(HANDLER, "b").withUnique(once)))
                        .toCompletableFuture()
                        .join())
                .containsExactly(new SendResult.Replaced(waiting.id()));

        Lease ofA = first.stream()
                .filter(lease -> lease.job().envelope().text().contains("\"key\":\"a\""))
                .findFirst()
                .orElseThrow();
        done(worker, List.of(ofA));
        assertThat(leaseAll(worker)).as("a permit of a is not for it any more").isEmpty();
        done(worker, first.stream().filter(lease -> lease != ofA).toList());
        assertThat(leaseAll(worker)).hasSize(1);
    }
}
