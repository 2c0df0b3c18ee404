package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.spi.BranchId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Says which branches have waited for their transaction manager for long: nobody else would notice when that is not there any more. They are
 * looked at each minute, and named after ten minutes and then each hour. Used by one thread at a time.
 */
final class BranchWatch {

    private static final Logger LOG = System.getLogger(BranchWatch.class.getPackageName());
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration AGAIN = Duration.ofHours(1);

    private final BranchList list;
    private final BranchEnd ends;
    private final String where;
    private final InstantSource clock;
    private final Map<BranchId, Instant> named = new HashMap<>();
    private Instant next = Instant.MIN;

    BranchWatch(RedisParts parts) {
        this.list = new BranchList(parts.exchange(), parts.registry());
        this.ends = new BranchEnd(parts, list);
        this.where = parts.exchange().where();
        this.clock = InstantSource.system();
    }

    /**
     * Says which branches nobody has decided, and ends those that are.
     *
     * @param budget for the second; what is left then is ended in a minute
     */
    void look(Budget budget) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(PAUSE);
        Map<BranchId, BranchList.Entry> all;
        try {
            all = list.all();
        } catch (GooseException away) { // what else is asked of the server fails too, and is reported
            LOG.log(Level.DEBUG, "the branches of distributed transactions could not be looked at", away);
            return;
        }
        named.keySet().retainAll(Set.copyOf(all.keySet()));
        all.forEach((id, entry) -> {
            if (entry.isDecided()) {
                if (!budget.isSpent()) {
                    finish(id, entry, now);
                }
                return;
            }
            Instant last = named.get(id);
            boolean isDue = last == null
                    ? entry.since().plus(LONG).isBefore(now)
                    : last.plus(AGAIN).isBefore(now);
            if (isDue) {
                named.put(id, now);
                LOG.log(
                        Level.WARNING,
                        "GOOSE-4210: branch {0} of a distributed transaction is prepared on {1} since {2}, with {3} jobs to send and {4}"
                                + " to complete in queues {5}, and nobody has decided it; see to it that the transaction manager which"
                                + " prepared it runs its recovery. Goose never decides by itself",
                        id,
                        where,
                        entry.since(),
                        entry.jobs(),
                        entry.settled(),
                        entry.queues());
            }
        });
    }

    /** Who committed it at once has died, or could not reach a server, if it is still there. */
    private void finish(BranchId id, BranchList.Entry entry, Instant now) {
        if (entry.since().plus(PAUSE).isAfter(now)) {
            return;
        }
        try {
            ends.end(id, entry, BranchEnd.COMMITS);
        } catch (GooseException notYet) {
            LOG.log(Level.WARNING, "GOOSE-4214: " + notYet.getMessage() + "; it is tried again in a minute");
        }
    }
}
