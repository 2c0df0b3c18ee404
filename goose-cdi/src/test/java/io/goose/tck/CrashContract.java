package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import io.goose.tck.BrokerUnderTest.Counting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process that dies between any two of its steps (6.10: "kill −9 between each pair of broker commands"). It dies here by
 * never being heard of again; that the broker's own steps are whole is for tests that kill processes.
 */
public abstract class CrashContract extends BrokerContract {

    /** The ways to settle, and where the job is afterwards. */
    enum Ending {
        DONE(null),
        CANCELLED(null),
        EXPIRED(null),
        RETRIED_NOW(Place.WAITING),
        RETRIED_LATER(Place.SCHEDULED),
        RETRIED_ELSEWHERE(null),
        DEAD(Place.DEAD),
        RELEASED(Place.WAITING),
        RELEASED_FOR_LATER(Place.SCHEDULED),
        SNOOZED(Place.SCHEDULED),
        PARKED(Place.PARKED);

        final Place place;

        Ending(Place place) {
            this.place = place;
        }
    }

    private static final Map<Ending, Function<Lease, Outcome>> OUTCOMES = new EnumMap<>(Ending.class);

    private static Outcome retry(Lease lease, Duration after, String queue) {
        return new Outcome.Retry(
                after,
                queue,
                lease.job()
                        .state()
                        .afterFailure(TestJobs.failure("it threw"), Instant.ofEpochMilli(1_700_000_000_000L)));
    }

    static {
        OUTCOMES.put(Ending.DONE, lease -> Outcome.Done.INSTANCE);
        OUTCOMES.put(Ending.CANCELLED, lease -> new Outcome.Cancelled());
        OUTCOMES.put(Ending.EXPIRED, lease -> new Outcome.Expired());
        OUTCOMES.put(Ending.RETRIED_NOW, lease -> retry(lease, Duration.ZERO, QUEUE));
        OUTCOMES.put(Ending.RETRIED_LATER, lease -> retry(lease, Duration.ofHours(1), QUEUE));
        OUTCOMES.put(Ending.RETRIED_ELSEWHERE, lease -> retry(lease, Duration.ZERO, "tck-retry"));
        OUTCOMES.put(Ending.DEAD, lease -> new Outcome.Dead(lease.job().state()));
        OUTCOMES.put(Ending.RELEASED, lease -> Outcome.Release.NOW);
        OUTCOMES.put(Ending.RELEASED_FOR_LATER, lease -> new Outcome.Release(Duration.ofHours(1), null));
        OUTCOMES.put(Ending.SNOOZED, lease -> new Outcome.Snooze(Duration.ofHours(1)));
        OUTCOMES.put(Ending.PARKED, lease -> new Outcome.Parked("why", null));
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    @DisplayName("R12: a worker that dies after it settled leaves the job in exactly one place")
    void whatWasSettledStaysSettled(Ending ending) {
        if (ending.place == Place.SCHEDULED) {
            needs(Capability.SCHEDULED_LIST);
        }
        QueuedJob job = sendOne();
        Session worker = openMortal(5);
        Session rescuer = open("tck-retry");
        Lease lease = leaseOne(worker);

        apply(worker, lease, OUTCOMES.get(ending).apply(lease));
        sweepPastDeath(rescuer);

        if (ending.place == null) {
            assertGone(job);
        } else {
            assertPlace(job, ending.place);
        }
        boolean elsewhere = ending == Ending.RETRIED_ELSEWHERE;
        assertThat(copies("tck-retry")).isEqualTo(elsewhere ? 1 : 0);
        assertThat(copies(QUEUE)).isEqualTo(ending.place != null ? 1 : 0);
        if (ending.place != null && can(Capability.WAITING_FIND)) {
            assertThat(found(job).job().state().crashes()).as("crashes").isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void aWorkerThatDiesBeforeItSettledIsNotHeardAfterwards(Ending ending) {
        QueuedJob job = sendOne();
        Session worker = openMortal(5);
        Lease lease = leaseOne(worker);
        Session rescuer = open();
        rescue(rescuer, 1);

        assertThat(settle(worker, lease, OUTCOMES.get(ending).apply(lease))).isEqualTo(Verdict.STALE);

        if (underTest.counting() == Counting.EXACT) {
            assertPlace(job, Place.WAITING);
        }
        assertThat(copies(QUEUE) + copies("tck-retry")).isEqualTo(1);
        assertThat(drain(rescuer)).containsExactly(job.id());
    }

    private long copies(String queue) {
        var stats = broker.stats(queue);
        return stats.waiting() + stats.running() + stats.scheduled() + stats.dead() + stats.parked();
    }

    /** Beats and sweeps for so long that whoever was silent is given up. */
    private void sweepPastDeath(Session rescuer) {
        int beats = (int) (pastShortLease().dividedBy(underTest.shortHeartbeat())) + 2;
        for (int i = 0; i < beats; i++) {
            underTest.advance(underTest.shortHeartbeat());
            rescuer.renew();
            rescuer.sweep();
        }
    }

    @Test
    @DisplayName("design 1: when a send is answered the job is there, whatever becomes of the sender")
    void whatWasSentSurvivesItsSender() {
        Broker sender = underTest.connect();
        QueuedJob job = TestJobs.job(QUEUE);
        sender.send(List.of(job)).toCompletableFuture().join();
        sender.close();

        assertThat(drain(open())).containsExactly(job.id());
    }

    @Test
    void aConnectionThatIsClosedUnderItsSessionsIsADeath() {
        List<QueuedJob> jobs = sendSome(3);
        Broker dying = underTest.connect();
        Session session = dying.open(mortalSpec(2));
        lease(session, 3);

        dying.close();
        Session rescuer = open();
        Sweep sweep = rescue(rescuer, 3);

        assertThat(sweep.suspects()).containsExactlyElementsOf(TestJobs.ids(jobs.subList(0, 2)));
        assertThat(drain(rescuer)).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void aWorkerThatDiesBetweenTwoClaimsLosesNeitherClaim() {
        List<QueuedJob> jobs = sendSome(6);
        Session worker = openMortal(2);
        done(worker, lease(worker, 2));
        lease(worker, 2);
        lease(worker, 1);
        Session rescuer = open();

        rescue(rescuer, 3);

        assertThat(drain(rescuer)).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs.subList(2, 6)));
        assertThat(copies(QUEUE)).isZero();
    }

    @Test
    void aRescuerThatDiesAfterItsBeatsLeavesTheRescueToTheNext() {
        QueuedJob job = sendOne();
        leaseOne(openMortal(1));
        Session first = openMortal(1);
        beatFor(pastShortLease(), first); // it knows now, and is never heard of again

        Session second = open();
        rescue(second, 1);

        assertThat(drain(second)).containsExactly(job.id());
    }

    @Test
    void aRescuerThatDiesAfterItsRescueHasRescued() {
        List<QueuedJob> jobs = sendSome(2);
        lease(openMortal(2), 2);
        rescue(openMortal(1), 2);

        Session worker = open();
        List<JobId> ran = drainSoon(worker, 2);

        assertThat(ran).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
        sweepPastDeath(worker);
        assertThat(copies(QUEUE)).isZero();
    }

    @Test
    void anEffectOfASettledJobOutlivesItsWorker() {
        sendOne();
        Session worker = openMortal(1);
        QueuedJob next = TestJobs.job("tck-other");
        worker.settle(
                List.of(new Settlement(leaseOne(worker), Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(next)))));
        Session rescuer = open("tck-other");

        sweepPastDeath(rescuer);

        Lease lease = leaseSoon(rescuer, "tck-other");
        assertThat(lease.job().id()).isEqualTo(next.id());
    }

    @Test
    @DisplayName("6.10: workers that die at any step, over and over: every job is completed exactly once")
    void manyDeathsAtRandomStepsLoseNothingAndRepeatNothingThatWasSettled() {
        Random random = new Random(20_261);
        List<QueuedJob> jobs = sendSome(200);
        Map<JobId, Integer> completed = new HashMap<>();
        Session rescuer = open("tck-other");
        int deaths = 0;
        while (completed.size() < 200) {
            assertThat(deaths).as("deaths until all jobs are completed").isLessThan(200);
            Session worker = openMortal(3);
            List<Lease> held = new ArrayList<>();
            for (int step = random.nextInt(8); step >= 0; step--) {
                held.addAll(lease(worker, 1 + random.nextInt(6)));
                completeSome(worker, held, random, completed);
            }
            deaths++;
            if (!held.isEmpty()) {
                rescue(rescuer, held.size());
            }
        }

        assertThat(completed.keySet()).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
        assertThat(completed.values()).containsOnly(1);
        assertThat(copies(QUEUE)).isZero();
        assertThat(deaths).isGreaterThan(5);
    }

    /** Completes suspects, so that none is buried, and some of the others; takes what it settled out of {@code held}. */
    private void completeSome(Session worker, List<Lease> held, Random random, Map<JobId, Integer> completed) {
        List<Lease> chosen = held.stream()
                .filter(lease -> lease.suspect() || random.nextInt(3) > 0)
                .toList();
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : chosen) {
            boolean done = lease.suspect() || random.nextInt(4) > 0;
            settlements.add(Settlement.of(lease, done ? Outcome.Done.INSTANCE : Outcome.Release.NOW));
            if (done) {
                completed.merge(lease.job().id(), 1, Integer::sum);
            }
        }
        assertThat(worker.settle(settlements)).doesNotContain(Verdict.STALE);
        held.removeAll(chosen);
    }
}
