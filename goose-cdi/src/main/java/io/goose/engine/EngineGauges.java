package io.goose.engine;

import io.goose.engine.metric.GaugeLoop;
import io.goose.engine.observe.Observation;
import io.goose.engine.worker.SideLoop;
import io.goose.engine.worker.WorkerStatus;
import io.goose.spi.Broker;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a worker measures beside its jobs, as a loop sees it. Thread-safe.
 *
 * @param status what the worker says of itself; null while it does not run
 */
record EngineGauges(
        String name,
        Broker broker,
        String host,
        Function<String, Duration> oldest,
        Supplier<@Nullable WorkerStatus> status)
        implements GaugeLoop.Subject {

    /** The loop; none if nobody wants to know. */
    List<SideLoop> beside(Observation observation) {
        return observation.measuresEvery().stream()
                .<SideLoop>map(interval -> new GaugeLoop(this, observation, interval))
                .toList();
    }

    @Override
    public String session() {
        WorkerStatus now = status.get();
        return now == null ? "" : now.session();
    }

    @Override
    public int jobs() {
        WorkerStatus now = status.get();
        return now == null ? 0 : now.outstanding();
    }
}
