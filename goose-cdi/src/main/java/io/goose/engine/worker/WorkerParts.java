package io.goose.engine.worker;

import io.goose.engine.observe.Observation;
import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.RunLimits;
import io.goose.spi.Broker;
import io.goose.spi.WorkerThreads;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What a worker works with.
 *
 * @param broker the broker it leases from
 * @param name the broker's name, for threads and messages
 * @param runner runs jobs
 * @param announced what it can run, see {@link io.goose.spi.SessionSpec#announced}
 * @param threads where its threads come from
 * @param host where it runs
 * @param observation who is told
 */
public record WorkerParts(
        Broker broker,
        String name,
        LeaseRunner runner,
        Set<String> announced,
        WorkerThreads threads,
        Where host,
        Observation observation) {

    /**
     * Where a worker runs.
     *
     * @param name of the host, for people to read
     * @param mayLease false while the server is suspended
     * @param limits how long runs may take
     */
    public record Where(String name, BooleanSupplier mayLease, RunLimits limits) {}
}
