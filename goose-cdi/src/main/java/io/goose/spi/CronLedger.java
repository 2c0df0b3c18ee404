package io.goose.spi;

import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps recurring jobs. It knows nothing of schedules: it keeps two texts for each entry, says which are due by its clock, and
 * changes an entry if nobody else has changed it since, in one step with the jobs that the change enqueues. So whoever finds an entry
 * due works out what follows and tries to write it; of several that try one succeeds.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached, and may be called
 * again then. Needs {@link Capability#CRON}.
 *
 * @since 0.1
 */
public interface CronLedger {

    /** The most changes of one call. */
    int MOST = 500;

    /** The ledger's time. */
    Instant now();

    /**
     * The entries that are due, those first that are due for longest.
     *
     * @param most how many at most, 1 to {@value #MOST}; fewer are returned where they are large
     */
    Due due(int most);

    /**
     * Changes entries, each in one atomic step with the jobs that it enqueues: a job whose id is there is not added again,
     * nor is a marked one whose id was there within the dedupe retention. A change that was applied before and is repeated counts as applied, and changes nothing.
     *
     * @param changes at most {@value #MOST}, of different entries
     * @return for each whether it was applied; if not, the entry is not what it was any more
     */
    List<Boolean> apply(List<Change> changes);

    /** The entry with this name. */
    Optional<Kept> find(String name);

    /** How many entries there are. */
    long size();

    /** Some of the entries in the order of their names, which may be that of the ledger's own collation. */
    List<Kept> list(int offset, int limit);

    /** Deletes an entry, whatever it has become; returns whether it was there. */
    boolean delete(String name);

    /** Whether a job waits, is scheduled, or runs. */
    boolean isUnderWay(String queue, JobId id);

    /**
     * An entry as it is kept.
     *
     * @param name unique in the ledger, at most 200 characters
     * @param queue where its jobs are enqueued; where queues are kept apart it is kept with that queue
     * @param definition what it is, for the engine to read: a text of any length that rarely changes
     * @param state how far it is, for the engine to read: a short text that changes with each tick
     * @param due when it is to be looked at, by the ledger's clock in milliseconds; null for never
     * @param version what a change must know; drawn by {@link #nextVersion}
     */
    record Kept(
            String name,
            String queue,
            String definition,
            String state,
            @Nullable Instant due,
            String version) {
        public Kept {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(definition, "definition");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(version, "version");
        }

        /**
         * A version for what follows this: a number that is one more, a dot, and what nobody else draws, so that a change that is
         * repeated is known as such. At most 60 characters.
         */
        public static String nextVersion(@Nullable Kept was) {
            return (was == null ? 1 : was.number() + 1) + "." + UUID.randomUUID();
        }

        /** How often it was changed since it was made. */
        public long number() {
            return Long.parseLong(version.substring(0, version.indexOf('.')));
        }
    }

    /**
     * One change.
     *
     * @param was what it was; null if there must be none with that name
     * @param next what it is to be; of the same name. In another queue than before it takes no jobs along
     * @param jobs what is enqueued with it, in the queue of {@code next}: at the front, at once
     */
    record Change(@Nullable Kept was, Kept next, List<QueuedJob> jobs) {
        public Change {
            Objects.requireNonNull(next, "next");
            jobs = List.copyOf(jobs);
            boolean elsewhere = jobs.stream().anyMatch(job -> !job.queue().equals(next.queue()));
            boolean moves = was != null && !was.queue().equals(next.queue());
            if (elsewhere
                    || (moves && !jobs.isEmpty())
                    || (was != null && !was.name().equals(next.name()))) {
                throw new IllegalArgumentException("cron entry '" + next.name()
                        + "' keeps its name, and enqueues in the queue in which it was and stays");
            }
        }
    }

    /**
     * What is due.
     *
     * @param entries in the order of their times
     * @param untilNext how long until the next after these is due; null if there is none, or nobody has looked
     * @param now the ledger's time
     */
    record Due(List<Kept> entries, @Nullable Duration untilNext, Instant now) {
        public Due {
            entries = List.copyOf(entries);
            Objects.requireNonNull(now, "now");
        }
    }
}
