package io.goose.spi;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A branch that waits for the decision of its transaction manager.
 *
 * @param since by the broker's clock
 * @param jobs how many it sends if it commits
 * @param settled how many leases it settles then
 * @param queues to which these belong
 * @since 0.1
 */
public record PreparedBranch(BranchId id, Instant since, int jobs, int settled, List<String> queues) {

    public PreparedBranch {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(since, "since");
        queues = List.copyOf(queues);
    }
}
