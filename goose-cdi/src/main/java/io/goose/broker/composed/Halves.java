package io.goose.broker.composed;

import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Ledger;
import io.goose.spi.Track;
import io.goose.spi.Transport;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What was joined, and who does what. Thread-safe.
 *
 * @param view what is to be seen of the jobs in the transport, as far as its capabilities go
 */
record Halves(Transport transport, Ledger view, GuardedLedger ledger, Track track) {

    private static final Set<Capability> OF_EVERY_LEDGER =
            EnumSet.of(Capability.DELAY, Capability.SCHEDULED_LIST, Capability.PAUSE, Capability.CRON);
    private static final Set<Capability> OF_ROWS = EnumSet.of(
            Capability.WAITING_LIST, Capability.WAITING_FIND, Capability.WAITING_DELETE, Capability.PRIORITISE);

    /** What the two can together. */
    Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.copyOf(OF_EVERY_LEDGER);
        all.addAll(transport.capabilities());
        all.remove(Capability.JOINS_TRANSACTION);
        all.remove(Capability.TRANSACTIONAL_SETTLE);
        all.remove(Capability.BRANCHES); // rows of the ledger would have to be prepared too
        all.remove(Capability.CANCEL); // half of the jobs are in the ledger
        if (ledger.asked().isPresent()) {
            all.add(Capability.CANCEL);
        }
        all.remove(Capability.UNIQUE); // what is unique is kept in the ledger until it has ended
        if (ledger.keepsUnique()) {
            all.add(Capability.UNIQUE);
        }
        all.remove(Capability.BATCH); // members are counted in the steps of the ledger
        if (ledger.keepsBatches()) {
            all.add(Capability.BATCH);
        }
        all.remove(Capability.LIMITS); // jobs that wait for a permit would have to wait in the ledger
        all.remove(Capability.STATUS); // it is kept where it is the same for all
        if (ledger.keepsResults()) {
            all.add(Capability.STATUS);
        }
        if (hasAllRows()) {
            all.addAll(OF_ROWS);
            all.remove(Capability.HANDLER_ROUTING); // each job is where its row says, so the ledger keeps it
        }
        return Collections.unmodifiableSet(all);
    }

    boolean can(Capability capability) {
        return transport.capabilities().contains(capability);
    }

    /** Whether every job has a row. */
    boolean hasAllRows() {
        return track == Track.ALL;
    }

    /** Whether the transport knows which ids it has. */
    boolean knowsIds() {
        return can(Capability.WAITING_FIND);
    }

    /** Whether the transport brings a job that a worker does not know to one that does. */
    boolean routes() {
        return can(Capability.HANDLER_ROUTING) && !hasAllRows();
    }

    /** Whether a job gets its row before it is sent. */
    boolean enters(QueuedJob job) {
        return hasAllRows() || (isMarked(job) && !knowsIds());
    }

    static boolean isMarked(QueuedJob job) {
        return job.marked() || job.state().moves() > 0;
    }
}
