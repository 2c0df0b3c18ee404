package io.goose;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;

/**
 * When a recurring job runs: {@code CronEntry.named("digest").schedule("0 3 * * *").zone("Europe/Paris")}. Immutable, and so
 * thread-safe; the methods with an argument return changed copies.
 *
 * @param name what it is known by, of 1 to {@value #LONGEST_NAME} characters without control characters; a second entry of the
 *     same name replaces the first
 * @param schedule five fields as in UNIX (minute, hour, day of the month, month, day of the week), six with the seconds before
 *     them, or one of {@code @yearly}, {@code @monthly}, {@code @weekly}, {@code @daily} and {@code @hourly}; it is checked when the
 *     entry is registered
 * @param zone the zone of the schedule's times; by default that of the process which makes the entry, so that one should be
 *     given where processes differ
 * @param missed what becomes of ticks that were not enqueued in time; by default {@link Missed#ONCE}
 * @param most how many missed ticks are made up for at most with {@link Missed#ALL}
 * @param overlap what happens while the job of the former tick is not over; by default {@link Overlap#ALLOW}
 * @param jitter each tick is enqueued up to this much later, by a part that is fixed for each tick, and before the next one; by
 *     default zero; millisecond resolution
 * @since 0.1
 */
public record CronEntry(
        String name, String schedule, ZoneId zone, Missed missed, int most, Overlap overlap, Duration jitter) {

    /** The longest name. */
    public static final int LONGEST_NAME = 200;

    /** The most missed ticks that {@link Missed#ALL} can make up for at once. */
    public static final int MOST_MISSED = 500;

    /** How many missed ticks {@link Missed#ALL} makes up for unless it is said. */
    public static final int USUAL_MISSED = 10;

    /** What becomes of ticks whose time came while no worker was there. */
    public enum Missed {
        /** Those that are found more than a minute late are left out. */
        SKIP,
        /** One job makes up for all of them: that of the latest. */
        ONCE,
        /** Each gets its job, but for the oldest of too many: at most {@link CronEntry#most} are made up for at once. */
        ALL
    }

    /** What happens at a tick while the job of a former tick waits, is scheduled for a retry, or runs. */
    public enum Overlap {
        /** The tick's job is enqueued all the same. */
        ALLOW,
        /** The tick is left out. */
        SKIP,
        /** The tick waits until that job is over. Of several ticks that wait the latest is enqueued. */
        QUEUE_ONE
    }

    public CronEntry {
        check(name);
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(missed, "missed");
        Objects.requireNonNull(overlap, "overlap");
        if (most < 1 || most > MOST_MISSED) {
            throw new IllegalArgumentException("GOOSE-2225: cron entry '" + name + "' is to make up for " + most
                    + " missed ticks; give a number from 1 to " + MOST_MISSED);
        }
        if (jitter.isNegative() || jitter.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("GOOSE-2224: cron entry '" + name + "' has the jitter " + jitter
                    + "; give one from zero to a day, in a @Cron as text such as PT30S");
        }
    }

    private static void check(String name) {
        boolean good =
                !name.isBlank() && name.length() <= LONGEST_NAME && name.chars().noneMatch(Character::isISOControl);
        if (!good) {
            throw new IllegalArgumentException("GOOSE-2220: '" + name + "' is no name of a cron entry; give 1 to "
                    + LONGEST_NAME + " characters, not all blank and none of them a control character");
        }
    }

    /**
     * An entry with this name and no schedule yet.
     *
     * @throws IllegalArgumentException if it is no name
     */
    public static CronEntry named(String name) {
        return new CronEntry(name, "", ZoneId.systemDefault(), Missed.ONCE, USUAL_MISSED, Overlap.ALLOW, Duration.ZERO);
    }

    /** The entry with this schedule, for example {@code "0 3 * * *"} or {@code "@daily"}. */
    public CronEntry schedule(String value) {
        return new CronEntry(name, value.strip(), zone, missed, most, overlap, jitter);
    }

    /** The entry in this zone. */
    public CronEntry zone(ZoneId value) {
        return new CronEntry(name, schedule, value, missed, most, overlap, jitter);
    }

    /**
     * The entry in this zone.
     *
     * @param value a region such as {@code Europe/Paris}, {@code UTC} or an offset such as {@code +02:00}
     * @throws IllegalArgumentException if there is no such zone
     */
    public CronEntry zone(String value) {
        try {
            return zone(ZoneId.of(value));
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException(
                    "GOOSE-2222: cron entry '" + name + "' has the zone '" + value
                            + "', which this Java does not know; write a region such as Europe/Paris, or UTC",
                    unknown);
        }
    }

    /** The entry with this policy for missed ticks. */
    public CronEntry missed(Missed value) {
        return new CronEntry(name, schedule, zone, value, most, overlap, jitter);
    }

    /** The entry with {@link Missed#ALL}, for at most {@code atMost} ticks at once, 1 to {@value #MOST_MISSED}. */
    public CronEntry missedAll(int atMost) {
        return new CronEntry(name, schedule, zone, Missed.ALL, atMost, overlap, jitter);
    }

    /** The entry with this policy for jobs that take longer than the time between two ticks. */
    public CronEntry overlap(Overlap value) {
        return new CronEntry(name, schedule, zone, missed, most, value, jitter);
    }

    /** The entry with this jitter, from zero to a day. */
    public CronEntry jitter(Duration value) {
        return new CronEntry(name, schedule, zone, missed, most, overlap, value);
    }
}
