package io.goose.engine.metric;

import io.goose.job.BatchId;
import io.goose.job.BatchStatus;
import io.goose.spi.BatchLedger;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the batches that were completed since it last looked, among the youngest {@value #MOST}: brokers complete them and tell nobody.
 * Those that are gone at once, for they do not linger, are not seen, nor is what was completed before its first look. Confined to a
 * thread.
 */
final class BatchLook {

    static final int MOST = 1_000;
    private static final int PAGE = 500;

    private @Nullable Instant until; // the last completion that was seen; null before the first look
    private Set<BatchId> atThatTime = new HashSet<>(); // those that were completed then and are told

    /** Begins anew: another process tells what is completed from now on. */
    void forget() {
        until = null;
        atThatTime = new HashSet<>();
    }

    /**
     * @param size how many there are, so that there is nothing to ask where there are none
     */
    void look(BatchLedger ledger, long size, Consumer<BatchStatus> completed) {
        Instant before = until;
        Instant last = before == null ? Instant.MIN : before;
        Set<BatchId> seen = new HashSet<>(atThatTime);
        Set<BatchId> atLast = new HashSet<>(atThatTime);
        for (int from = 0; from < Math.min(size, MOST); from += PAGE) {
            List<BatchLedger.Kept> page = ledger.list(from, PAGE);
            for (BatchLedger.Kept kept : page) {
                BatchStatus status = kept.status();
                Instant at = status.completed();
                if (at == null || (before != null && at.isBefore(before)) || !seen.add(status.id())) {
                    continue;
                }
                if (before != null) {
                    completed.accept(status);
                }
                if (at.isAfter(last)) {
                    last = at;
                    atLast.clear();
                }
                if (at.equals(last)) {
                    atLast.add(status.id());
                }
            }
        }
        until = last;
        atThatTime = atLast;
    }
}
