package io.goose.engine.cron;

import io.goose.job.JobId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an entry is: {@code 1|tick|last tick|last job|phase}, times in epoch milliseconds.
 *
 * @param tick the next tick, or the one that is due; null if there is none
 * @param last the last tick whose job was enqueued; null if there was none
 * @param lastJob its job; null if there was none
 * @param phase what keeps it
 */
record CronState(
        @Nullable Instant tick,
        @Nullable Instant last,
        @Nullable JobId lastJob,
        Phase phase) {

    /** What keeps an entry. */
    enum Phase {
        /** Nothing: it waits for its tick. */
        WAITING,
        /** Its tick has come and waits for the job of the former one. */
        HELD,
        /** Somebody paused it. */
        PAUSED
    }

    private static final int PARTS = 5;

    /** A new entry. */
    static CronState first(Instant tick) {
        return new CronState(tick, null, null, Phase.WAITING);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static CronState parse(String text) {
        String[] parts = text.split("\\|", -1);
        if (parts.length != PARTS || !parts[0].equals("1")) {
            throw new IllegalArgumentException("it is no state of version 1");
        }
        return new CronState(
                time(parts[1]),
                time(parts[2]),
                parts[3].isEmpty() ? null : new JobId(parts[3]),
                Phase.valueOf(parts[4]));
    }

    String text() {
        return "1|" + text(tick) + '|' + text(last) + '|' + (lastJob == null ? "" : lastJob.value()) + '|' + phase;
    }

    private static String text(@Nullable Instant time) {
        return time == null ? "" : String.valueOf(time.toEpochMilli());
    }

    private static @Nullable Instant time(String text) {
        return text.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(text));
    }

    boolean isPaused() {
        return phase == Phase.PAUSED;
    }

    boolean isHeld() {
        return phase == Phase.HELD;
    }

    CronState with(Phase newPhase) {
        return new CronState(tick, last, lastJob, newPhase);
    }

    /** The next tick is another one, and what was held is not any more. */
    CronState at(@Nullable Instant newTick) {
        return new CronState(newTick, last, lastJob, isPaused() ? Phase.PAUSED : Phase.WAITING);
    }

    CronState after(Instant newLast, JobId newJob) {
        return new CronState(tick, newLast, newJob, phase);
    }
}
