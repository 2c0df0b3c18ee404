package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import io.goose.tck.BrokerUnderTest.Counting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Many at the same time. Each session has one thread that leases and one that settles, as the engine's have. The number of
 * due jobs is {@value #DUE_JOBS} unless the system property {@value #DUE_JOBS_PROPERTY} says otherwise.
 */
public abstract class ConcurrencyContract extends BrokerContract {

    /** The system property with the number of due jobs. */
    public static final String DUE_JOBS_PROPERTY = "goose.tck.due-jobs";

    private static final int DUE_JOBS = 10_000;
    private static final int SESSIONS = 4;

    @Test
    @DisplayName("R1, 6.10: 2+ schedulers: every due job exactly once")
    void everyDueJobIsPromotedAndRunExactlyOnce() {
        needs(Capability.DELAY);
        int count = Integer.getInteger(DUE_JOBS_PROPERTY, DUE_JOBS);
        Instant due = underTest.now().plus(Duration.ofMillis(1000 + count / 10));
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, count).stream()
                .map(job -> TestJobs.at(job, due))
                .toList();
        send(jobs);
        eventually("all are due", () -> underTest.now().isAfter(due));

        Map<JobId, Integer> runs = runAll(count, lease -> Outcome.Done.INSTANCE);

        assertEachOnce(runs, jobs);
        assertThat(broker.stats(QUEUE).scheduled()).isZero();
    }

    @Test
    void everyJobRunsExactlyOnceWhileOthersAreSent() {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, 4000);
        Broker senders = connect();
        Map<JobId, Integer> runs = new ConcurrentHashMap<>();
        AtomicInteger left = new AtomicInteger(4000);
        List<Worker> workers = workers(left, runs, lease -> Outcome.Done.INSTANCE);

        Together.run(2 * SESSIONS + 2, thread -> {
            if (thread < 2 * SESSIONS) {
                workers.get(thread / 2).run(thread % 2 == 0);
                return;
            }
            int from = (thread - 2 * SESSIONS) * 2000;
            for (int i = from; i < from + 2000; i += 20) {
                assertThat(senders.send(jobs.subList(i, i + 20))
                                .toCompletableFuture()
                                .get(60, TimeUnit.SECONDS))
                        .containsOnly(SendResult.Accepted.INSTANCE);
            }
        });

        assertEachOnce(runs, jobs);
    }

    @Test
    void jobsThatAreReleasedAndRetriedAmongManyAreCompletedExactlyOnce() {
        List<QueuedJob> jobs = sendSome(2000);
        ConcurrentHashMap<JobId, Integer> leases = new ConcurrentHashMap<>();

        Map<JobId, Integer> completions = runAll(2000, lease -> {
            int nth = leases.merge(lease.job().id(), 1, Integer::sum);
            int kind = Math.floorMod(lease.job().id().hashCode(), 3);
            if (nth == 1 && kind == 0) {
                return Outcome.Release.NOW;
            }
            if (nth == 1 && kind == 1) {
                return new Outcome.Retry(
                        Duration.ZERO,
                        QUEUE,
                        lease.job().state().afterFailure(TestJobs.failure("first"), Instant.ofEpochMilli(1)));
            }
            return Outcome.Done.INSTANCE;
        });

        assertEachOnce(completions, jobs);
        assertThat(leases.values()).allMatch(nth -> nth <= 2).contains(1, 2);
    }

    @Test
    @DisplayName("R2, R11: the same jobs sent by many at once are accepted once")
    void concurrentSendsOfTheSameJobsAddThemOnce() {
        needsKnownIds();
        List<QueuedJob> jobs = Stream.generate(this::knownJob).limit(200).toList();
        List<Broker> connections = List.of(broker, connect());
        AtomicInteger accepted = new AtomicInteger();

        Together.run(6, thread -> {
            for (int i = 0; i < 200; i += 10) {
                for (SendResult result : connections
                        .get(thread % 2)
                        .send(jobs.subList(i, i + 10))
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)) {
                    accepted.addAndGet(result instanceof SendResult.Accepted ? 1 : 0);
                }
            }
        });

        assertThat(accepted).hasValue(200);
        assertThat(drain(open())).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void severalRescuersRescueEachJobOnce() {
        needsAskedJobs();
        List<QueuedJob> jobs = sendSome(200);
        for (int i = 0; i < 4; i++) {
            lease(openMortal(10), 50);
        }
        List<Session> rescuers = List.of(open(), openElsewhere(), openElsewhere());
        // Time passes, everybody beats and knows the dead; nobody has swept.
        beatFor(pastShortLease(), rescuers.toArray(Session[]::new));
        ConcurrentLinkedQueue<JobId> found = new ConcurrentLinkedQueue<>();

        Together.run(3, thread -> collect(rescuers.get(thread).sweep(), found));
        if (found.size() < 200) {
            collect(rescue(rescuers.get(0), 200 - found.size()), found);
        }

        assertThat(found).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
        if (underTest.counting() != Counting.UNTIL_REDELIVERED) {
            assertThat(broker.stats(QUEUE).waiting()).isEqualTo(200);
            assertThat(broker.stats(QUEUE).running()).isZero();
        }
    }

    private static void collect(Sweep sweep, Collection<JobId> found) {
        found.addAll(sweep.rescued());
        found.addAll(sweep.suspects());
        found.addAll(sweep.buried());
    }

    /** How the run of a leased job ends. */
    private interface Job {
        Outcome run(Lease lease);
    }

    /** Lets all sessions work until {@code count} jobs are done; returns how often each was. */
    private Map<JobId, Integer> runAll(int count, Job job) {
        Map<JobId, Integer> runs = new ConcurrentHashMap<>();
        List<Worker> workers = workers(new AtomicInteger(count), runs, job);
        Together.run(2 * SESSIONS, thread -> workers.get(thread / 2).run(thread % 2 == 0));
        return runs;
    }

    private List<Worker> workers(AtomicInteger left, Map<JobId, Integer> runs, Job job) {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            workers.add(new Worker(i % 2 == 0 ? open() : openElsewhere(), left, runs, job));
        }
        return workers;
    }

    private void assertEachOnce(Map<JobId, Integer> runs, List<QueuedJob> jobs) {
        assertThat(runs.values()).as("how often each job ran").containsOnly(1);
        // Sets, for a comparison in any order of lists is quadratic.
        assertThat(runs.keySet().equals(new HashSet<>(TestJobs.ids(jobs))))
                .as("each of the %s jobs ran, and no other did; %s ran", jobs.size(), runs.size())
                .isTrue();
        assertThat(drain(open())).isEmpty();
        assertThat(broker.stats(QUEUE).waiting()).isZero();
        assertThat(broker.stats(QUEUE).running()).isZero();
    }

    /** One session with its two threads. */
    private static final class Worker {
        private final Session session;
        private final AtomicInteger left;
        private final Map<JobId, Integer> done;
        private final Job job;
        private final LinkedBlockingQueue<List<Lease>> leased = new LinkedBlockingQueue<>();

        Worker(Session session, AtomicInteger left, Map<JobId, Integer> done, Job job) {
            this.session = session;
            this.left = left;
            this.done = done;
            this.job = job;
        }

        void run(boolean leases) throws InterruptedException {
            while (left.get() > 0) {
                if (leases) {
                    lease();
                } else {
                    settle();
                }
            }
        }

        private void lease() throws InterruptedException {
            List<Lease> leases = session.lease(QUEUE, 60, MANY_BYTES).leases();
            if (leases.isEmpty()) {
                session.await(Duration.ofMillis(50));
            } else {
                leased.put(leases);
            }
        }

        private void settle() throws InterruptedException {
            List<Lease> leases = leased.poll(50, TimeUnit.MILLISECONDS);
            if (leases == null) {
                return;
            }
            List<Settlement> settlements = leases.stream()
                    .map(lease -> Settlement.of(lease, job.run(lease)))
                    .toList();
            List<Verdict> verdicts = session.settle(settlements);
            for (int i = 0; i < verdicts.size(); i++) {
                assertThat(verdicts.get(i)).isEqualTo(Verdict.APPLIED);
                if (settlements.get(i).outcome() instanceof Outcome.Done) {
                    done.merge(leases.get(i).job().id(), 1, Integer::sum);
                    left.decrementAndGet();
                }
            }
        }
    }
}
