package io.goose.spi;

import java.util.Objects;

/**
 * What a transport brings when it is joined with a ledger.
 *
 * <p>Its sessions get no outcome that the ledger keeps: a retry, a snooze, a burial or a release with a delay arrives as {@link
 * Outcome.Done}. They say truthfully what {@link Session#look} is asked and which leases are {@link Lease#redelivered}, and give
 * jobs out with {@link io.goose.job.QueuedJob#marked} as they were sent. The thread that leases settles too: what it got and is old. The ledger keeps a pause unless the transport has {@link
 * Capability#PAUSE}, and jobs that nobody knows unless it has {@link Capability#HANDLER_ROUTING}. Without {@link
 * Capability#WAITING_FIND} a transport counts as one that does not know whether an id is there.
 *
 * @param transport where ready jobs wait
 * @param view what is to be seen of them: {@link Ledger#stats} with the ready ones, and what the transport itself has buried or
 *     parked; for the rest its methods throw {@link io.goose.UnsupportedCapabilityException} unless the capability is there
 * @since 0.1
 */
public record JoinableTransport(Transport transport, Ledger view) {
    public JoinableTransport {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(view, "view");
    }

    /** A whole broker, of which only the transport is used. */
    public static JoinableTransport of(Broker broker) {
        return new JoinableTransport(broker, broker);
    }
}
