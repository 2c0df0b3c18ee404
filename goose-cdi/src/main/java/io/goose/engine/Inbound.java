package io.goose.engine;

import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.RunLimits;
import io.goose.engine.run.TransactedRunner;
import java.util.Set;

/**
 * How an application runs jobs that a worker outside of it leases, as that of a resource adapter.
 *
 * @param runner runs them; completes none in its transaction, for it has no session
 * @param transacted runs them in transactions that others begin and end
 * @param announced what it can run, see {@link io.goose.spi.SessionSpec#announced}
 * @param limits how long runs may take
 */
public record Inbound(LeaseRunner runner, TransactedRunner transacted, Set<String> announced, RunLimits limits) {}
