package io.goose.tck;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One broker with one empty storage, for one test. The contracts close the connections they open before they close this.
 */
public interface BrokerUnderTest extends AutoCloseable {

    /** What is kept of the dead unless a test says otherwise. */
    DeadRetention STANDARD_DEAD = new DeadRetention(100_000, Duration.ofDays(90));

    /** A new connection to the storage, independent of the others, as another process would have it. */
    default Broker connect() {
        return connect(STANDARD_DEAD);
    }

    /** A new connection that keeps so much of the dead. */
    Broker connect(DeadRetention dead);

    /** The capabilities that this broker must have, no more and no less. */
    Set<Capability> capabilities();

    /** Of which jobs a send notices that the id is there. */
    enum KnownIds {
        /** Of all. */
        ALL,
        /** Of those that are marked, for they have a row in a ledger; the others would cost one. */
        MARKED,
        /** Of none: a message broker does not look at ids. */
        NONE
    }

    /** See {@link KnownIds}; by default of all. */
    default KnownIds knownIds() {
        return KnownIds.ALL;
    }

    /** What the sizes of a queue say of jobs that wait and run. */
    enum Counting {
        /** What is so. */
        EXACT,
        /** That a job whose worker died runs until it is delivered again, for only then does the ledger learn of it. */
        UNTIL_REDELIVERED,
        /** Nothing of what runs: a message broker does not tell what it has handed out. */
        WAITING_ONLY
    }

    /** See {@link Counting}; by default what is so. */
    default Counting counting() {
        return Counting.EXACT;
    }

    /** How jobs come to a session. */
    enum Handing {
        /** When it asks, and no others; a dead worker's are rescued by other workers, who tell. */
        ASKED,
        /**
         * Ahead of its claims, in the order of their arrival: what one session has fetched another does not see. A dead worker's are
         * given back by the broker, at once and without a word of which were running.
         */
        PUSHED
    }

    /** See {@link Handing}; by default asked. */
    default Handing handing() {
        return Handing.ASKED;
    }

    /**
     * Whether jobs that are parked for lack of a worker that knows them come back by themselves; where parked jobs cannot be looked
     * through by what they need, somebody has to replay them. By default they do.
     */
    default boolean recallsParked() {
        return true;
    }

    /**
     * Whether what is prioritised goes ahead of all others; where a message broker has the jobs it is sent again, behind what is at the
     * front there. By default it does.
     */
    default boolean prioritisesAhead() {
        return true;
    }

    /**
     * Whether the bytes of a unique job that waits are replaced; what a message broker has got is not changed there, only what is still
     * scheduled. By default they are.
     */
    default boolean replacesWhatWaits() {
        return true;
    }

    /** The broker's time, as near as can be told from here. */
    default Instant now() {
        return Instant.now();
    }

    /** Lets this much of the broker's time pass: waits, unless its clock can be moved by hand. */
    default void advance(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker's time passed", e);
        }
    }

    /** How long the leases of sessions live that are to expire in a test. */
    default Duration shortLease() {
        return Duration.ofMillis(300);
    }

    /** How often such sessions beat. */
    default Duration shortHeartbeat() {
        return Duration.ofMillis(50);
    }

    /** How long an {@code eventually} may take, in real time. */
    default Duration patience() {
        return Duration.ofSeconds(60);
    }

    /** A way to lose replies, for brokers over a network; needed by {@link LostReplyContract} only. */
    default Optional<ReplyCutter> replyCutter() {
        return Optional.empty();
    }

    /** The transactions that the broker's connections take part in; needed by {@link TransactionContract} only. */
    default Optional<TransactionsUnderTest> transactions() {
        return Optional.empty();
    }

    /** Removes the storage. */
    @Override
    void close();
}
