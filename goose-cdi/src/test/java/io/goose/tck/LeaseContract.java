package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.admin.Place;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a worker gets when it asks for jobs, and how it waits for them. */
public abstract class LeaseContract extends BrokerContract {

    @Test
    void anEmptyQueueGivesNothingAtOnce() {
        Claim claim = claim(open(), 10);

        assertThat(claim.leases()).isEmpty();
        assertThat(claim.more()).isFalse();
        assertThat(claim.paused()).isFalse();
        assertThat(claim.untilNextDue()).isEmpty();
    }

    @Test
    void aClaimTakesAtMostWhatWasAskedForAndSaysWhetherThereIsMore() {
        List<QueuedJob> jobs = sendSome(5);
        Session worker = open();

        Claim first = claim(worker, 3);
        Claim second = claim(worker, 3);

        assertThat(idsOf(first.leases())).isEqualTo(TestJobs.ids(jobs.subList(0, 3)));
        assertThat(first.more()).isTrue();
        assertThat(idsOf(second.leases())).isEqualTo(TestJobs.ids(jobs.subList(3, 5)));
        assertThat(second.more()).isFalse();
    }

    @Test
    @DisplayName("mechanics 25: a claim is bounded by bytes")
    void aClaimStopsBeforeItHasTooManyBytes() {
        for (int i = 0; i < 4; i++) {
            send(TestJobs.jobOfSize(QUEUE, 1000));
        }
        Session worker = open();

        Claim claim = worker.lease(QUEUE, 10, 2500);

        assertThat(claim.leases()).hasSize(2);
        assertThat(claim.more()).isTrue();
        assertThat(worker.lease(QUEUE, 10, MANY_BYTES).leases()).hasSize(2);
    }

    @Test
    void oneJobIsLeasedWhateverItsSize() {
        send(TestJobs.jobOfSize(QUEUE, 5000));
        send(TestJobs.jobOfSize(QUEUE, 5000));
        Session worker = open();

        assertThat(worker.lease(QUEUE, 10, 1).leases()).hasSize(1);
        assertThat(worker.lease(QUEUE, 10, 1).leases()).hasSize(1);
    }

    @Test
    void aLeasedJobIsRunningAndNobodyElseGetsIt() {
        QueuedJob job = sendOne();
        Session worker = open();

        leaseOne(worker);

        assertPlace(job, Place.RUNNING);
        assertRunning(1);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
        assertThat(lease(worker, 10)).isEmpty();
        assertThat(lease(openElsewhere(), 10)).isEmpty();
    }

    @Test
    @DisplayName("mechanics 7: the token grows within a queue, whoever claims")
    void tokensGrowWithEveryClaim() {
        needsAskedJobs();
        sendSome(6);
        Session one = open();
        Session other = openElsewhere();
        List<Lease> leases = new ArrayList<>(lease(one, 2));
        leases.addAll(lease(other, 2));
        leases.addAll(lease(one, 2));

        List<Long> tokens = leases.stream().map(Lease::token).toList();

        assertThat(tokens).hasSize(6).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aQueueThatTheSessionWasNotOpenedForIsRefused() {
        Session worker = open();

        assertThatThrownBy(() -> worker.lease("tck-other", 1, MANY_BYTES)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void queuesDoNotMix() {
        Session worker = open("tck-a", "tck-b");
        QueuedJob a = send(TestJobs.job("tck-a"));
        QueuedJob b = send(TestJobs.job("tck-b"));

        assertThat(idsOf(worker.lease("tck-b", 10, MANY_BYTES).leases())).containsExactly(b.id());
        assertThat(idsOf(worker.lease("tck-a", 10, MANY_BYTES).leases())).containsExactly(a.id());
    }

    @Test
    @DisplayName("R14: what waits at the back is not starved by the front, one claim at a time")
    void theBackGetsOneLeaseInTenWhileTheFrontIsFull() {
        needsAskedJobs();
        Set<JobId> back = fillBothLanes();
        Session worker = open();
        int fromBack = 0;

        for (int i = 1; i <= 50; i++) {
            fromBack += back.contains(leaseOne(worker).job().id()) ? 1 : 0;
            assertThat(fromBack).as("from the back among the first " + i).isGreaterThanOrEqualTo(i / 10);
        }
        assertThat(fromBack).as("the front goes first").isLessThanOrEqualTo(10);
    }

    @Test
    @DisplayName("R14: what waits at the back is not starved by the front, in one claim")
    void theBackGetsItsShareInALargeClaim() {
        needsAskedJobs();
        Set<JobId> back = fillBothLanes();

        long fromBack = idsOf(lease(open(), 50)).stream().filter(back::contains).count();

        assertThat(fromBack).isBetween(5L, 10L);
    }

    private Set<JobId> fillBothLanes() {
        send(TestJobs.jobs(QUEUE, 60).stream().map(TestJobs::atFront).toList());
        return new HashSet<>(TestJobs.ids(sendSome(60)));
    }

    @Test
    void aClaimSaysHowLongUntilTheNextScheduledJob() {
        needs(Capability.SCHEDULED_LIST);
        send(TestJobs.at(TestJobs.job(QUEUE), Instant.now().plus(Duration.ofHours(30))));
        Session worker = open();
        assertThat(claim(worker, 1).untilNextDue())
                .hasValueSatisfying(due -> assertThat(due).isBetween(Duration.ofHours(29), Duration.ofHours(31)));

        sendOne();
        apply(worker, leaseOne(worker), new io.goose.spi.Outcome.Snooze(Duration.ofHours(1)));

        assertThat(claim(worker, 1).untilNextDue())
                .hasValueSatisfying(due -> assertThat(due).isBetween(Duration.ofMinutes(55), Duration.ofHours(1)));
    }

    @Test
    @DisplayName("mechanics 11: waiting sessions are woken, they do not poll")
    void aWaitingSessionIsWokenByEachSend() {
        Session worker = openElsewhere();
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Boolean> waits = new CompletableFuture<>();
            CompletableFuture<JobId> pickedUp = onAnotherThread(() -> {
                while (true) {
                    List<Lease> leases = lease(worker, 1);
                    if (!leases.isEmpty()) {
                        return leases.get(0).job().id();
                    }
                    waits.complete(true);
                    worker.await(Duration.ofSeconds(5));
                }
            });
            waits.orTimeout(60, TimeUnit.SECONDS).join();
            QueuedJob job = sendOne();
            assertThat(pickedUp.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(job.id());
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("time for 20 pick-ups; without wake-ups each takes a whole wait of 5 s")
                .isLessThan(Duration.ofSeconds(50));
    }

    @Test
    void aJobThatComesBetweenAnEmptyClaimAndTheWaitEndsTheWait() throws Exception {
        Session worker = openElsewhere();
        assertThat(lease(worker, 1)).isEmpty();
        sendOne();
        // The promise is "this wait or the next one": a broker may need a moment to tell the session.
        onAnotherThread(() -> {
                    while (lease(worker, 1).isEmpty()) {
                        worker.await(Duration.ofSeconds(1));
                    }
                    return true;
                })
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void wakeEndsTheNextWait() {
        Session worker = open();
        assertThat(lease(worker, 1)).isEmpty();

        worker.wake();

        onAnotherThread(() -> {
                    worker.await(Duration.ofHours(1));
                    return true;
                })
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @DisplayName("R28: a wait ends when it is told to and when its thread is interrupted")
    void wakeEndsAWaitThatIsUnderWayAndSoDoesAnInterrupt() throws Exception {
        Session worker = open();
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        CompletableFuture<Boolean> woken = onAnotherThread(() -> {
            waiting.complete(Thread.currentThread());
            worker.await(Duration.ofHours(1));
            return true;
        });
        waiting.get(60, TimeUnit.SECONDS);
        worker.wake();
        assertThat(woken.get(60, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Thread> interrupted = new CompletableFuture<>();
        CompletableFuture<Boolean> ended = onAnotherThread(() -> {
            interrupted.complete(Thread.currentThread());
            try {
                while (true) { // a wait may end early
                    worker.await(Duration.ofHours(1));
                }
            } catch (InterruptedException expected) {
                return true;
            }
        });
        interrupted.get(60, TimeUnit.SECONDS).interrupt();
        assertThat(ended.get(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWaitEndsByItself() {
        Session worker = open();
        onAnotherThread(() -> {
                    worker.await(Duration.ofMillis(20));
                    return true;
                })
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    /** What a thread of its own does. */
    private interface Blocking<T> {
        T call() throws Exception;
    }

    private static <T> CompletableFuture<T> onAnotherThread(Blocking<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(action.call());
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
