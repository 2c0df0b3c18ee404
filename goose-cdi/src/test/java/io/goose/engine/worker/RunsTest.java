package io.goose.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.ManualClock;
import io.goose.engine.TestThreads;
import io.goose.engine.observe.Observation;
import io.goose.engine.run.RunLimits;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a job thread does with the job it took. */
@Timeout(180)
class RunsTest {

    private final FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(new ManualClock()));
    private final Session session = broker.open(
            new SessionSpec(List.of("q"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "here"));
    private final WorkerState state = new WorkerState();
    private final JobBuffer buffer = new JobBuffer();
    private final RunWatch watch = new RunWatch(RunLimits.DEFAULT, new TestThreads(), "timers", System::nanoTime);
    private final HeldJobs held = new HeldJobs(state, watch);
    private final Lookahead lookahead = new Lookahead(Duration.ZERO, 1, Set.of());
    private final AtomicLong nanos = new AtomicLong();
    private final Liveness liveness = new Liveness(Duration.ofNanos(100), nanos::get);
    private final Runs.Around around = new Runs.Around(buffer, held, lookahead, liveness, state);
    private final Dispatcher dispatcher = new Dispatcher(
            new WorkerSettings(Map.of("q", 1), WorkerSettings.Order.WEIGHTED, 1, WorkerSettings.Times.DEFAULT),
            around,
            () -> true,
            Observation.OFF);
    private final List<Settlement> outcomes = new ArrayList<>();
    private boolean full = true;

    private final Runs runs =
            new Runs((lease, watch) -> Optional.of(Settlement.of(lease, Outcome.Done.INSTANCE)), around, settlement -> {
                if (full) {
                    throw new OutOfMemoryError("no room for one outcome more");
                }
                outcomes.add(settlement);
            });

    @Test
    void aQueueThatAloneHasNotBeenBeatenForIsNotClaimedFrom() throws Exception {
        broker.send(List.of(TestJobs.job("q"))).toCompletableFuture().join();
        nanos.set(100);
        liveness.beat(100, Set.of("q"));
        dispatcher.round(session);
        assertThat(broker.count(Call.LEASE)).isZero();

        liveness.beat(100);
        dispatcher.round(session);
        assertThat(buffer.outstanding()).isEqualTo(1);
    }

    @Test
    void aRunWhoseOutcomeCannotBeHandedOnGivesItsLeaseBack() throws Exception {
        broker.send(List.of(TestJobs.job("q"))).toCompletableFuture().join();
        dispatcher.round(session);
        assertThatThrownBy(runs::next).isInstanceOf(OutOfMemoryError.class);
        assertThat(buffer.outstanding()).isZero();
        assertThat(broker.stats("q").running()).as("it has no outcome yet").isEqualTo(1);
        assertThat(dispatcher.hasMoreToGiveBack()).isTrue();

        dispatcher.giveBack(session);
        assertThat(dispatcher.hasMoreToGiveBack()).isFalse();
        assertThat(broker.list("q", Place.WAITING, 0, 2))
                .singleElement()
                .satisfies(job -> assertThat(job.job().state().attempt()).isEqualTo(1));

        full = false;
        dispatcher.round(session);
        runs.next();
        assertThat(outcomes).hasSize(1);
        assertThat(broker.count(Call.RETURN)).as("given back once").isEqualTo(1);
    }

    @Test
    void onlyAJobThatRunsIsSaidToBeInterruptedWhenItsLeaseIsLost() throws Exception {
        broker.send(TestJobs.jobs("q", 2)).toCompletableFuture().join();
        List<Lease> leases = session.lease("q", 2, Long.MAX_VALUE).leases();
        List<LeasedJob> jobs =
                leases.stream().map(lease -> held.add(lease, System.nanoTime())).toList();
        assertThat(jobs.get(0).start()).isTrue();

        assertThat(held.lost(leases)).as("the other was not started").isEqualTo(1);
        assertThat(jobs).allMatch(LeasedJob::isLost);
        assertThat(jobs.get(1).start()).isFalse();
        jobs.get(0).ended();
        assertThat(Thread.currentThread().isInterrupted())
                .as("cleared at its end")
                .isFalse();
        assertThat(held.lost(leases)).as("it has ended").isZero();
    }
}
