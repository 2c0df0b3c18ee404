package io.goose.broker.composed;

import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a claim could not take from the transport or give back to it, and nobody but its session knows to be leased: it is done before
 * more is leased. Of the thread that leases alone.
 */
final class Owed {

    private static final System.Logger LOG = System.getLogger(Owed.class.getName());

    private final Session inner;
    private List<Settlement> old = List.of();
    private List<Lease> unstarted = List.of();

    Owed(Session inner) {
        this.inner = inner;
    }

    void settle() {
        if (!old.isEmpty()) {
            inner.settle(old);
            old = List.of();
        }
        if (!unstarted.isEmpty()) {
            inner.returnUnstarted(unstarted);
            unstarted = List.of();
        }
    }

    /** Gives leases back that were not begun. */
    void giveBack(List<Lease> leases, RuntimeException reason) {
        unstarted = leases;
        try {
            settle();
        } catch (RuntimeException away) { // before the next claim
            reason.addSuppressed(away);
        }
    }

    /** Takes messages away that must not be run. The transport may be away; that is no reason to keep the other jobs from running. */
    void remove(List<Settlement> messages) {
        old = Stream.concat(old.stream(), messages.stream()).toList();
        try {
            settle();
        } catch (RuntimeException away) { // the next claim throws it if it stays away
            LOG.log(Level.DEBUG, "old messages are removed later", away);
        }
    }
}
