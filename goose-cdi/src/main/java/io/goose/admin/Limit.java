package io.goose.admin;

import java.time.Duration;
import java.util.Objects;

/**
 * How many jobs may run at a time, and how many may be begun in a time. Immutable.
 *
 * <p>A rate is a token bucket: in any window of time at most as many jobs are begun as the rate allows in that time, and a burst
 * more. The burst is a twentieth of what is allowed in a second, at least one job. Whether there is a token is decided where a job is
 * leased, by the broker's clock.
 *
 * @param concurrent how many run at a time, at least 1; 0 for any number
 * @param rate how many are begun in a {@code period}, 1 to a million; 0 for any number
 * @param period what the rate is counted in, a millisecond to a day; whole milliseconds
 * @since 0.1
 */
public record Limit(int concurrent, long rate, Duration period) {

    /** Nothing is limited; where it is each key's, jobs still take turns by their keys. */
    public static final Limit NONE = new Limit(0, 0, Duration.ofSeconds(1));

    private static final long MOST = 1_000_000;

    public Limit {
        Objects.requireNonNull(period, "period");
        boolean whole = period.toNanos() % 1_000_000 == 0;
        if (concurrent < 0
                || concurrent > MOST
                || rate < 0
                || rate > MOST
                || !whole
                || period.isNegative()
                || period.isZero()
                || period.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("GOOSE-4140: a limit of " + concurrent + " at a time and " + rate
                    + " in " + period + " is none: both numbers are 0 to " + MOST
                    + ", the period is whole milliseconds up to a day");
        }
    }

    /** So many jobs at a time, begun at any rate. */
    public static Limit concurrent(int jobs) {
        return new Limit(atLeastOne(jobs), 0, Duration.ofSeconds(1));
    }

    /** So many jobs begun in a time, any number of them running. */
    public static Limit rate(long jobs, Duration period) {
        return new Limit(0, atLeastOne(jobs), period);
    }

    private static <T extends Number> T atLeastOne(T jobs) {
        if (jobs.longValue() < 1) {
            throw new IllegalArgumentException("GOOSE-4140: a limit of " + jobs
                    + " jobs would let none run; to stop a queue pause it, to remove a limit use LimitAdmin.remove");
        }
        return jobs;
    }

    /** This limit, and so many jobs begun in a time. */
    public Limit andRate(long jobs, Duration time) {
        return new Limit(concurrent, atLeastOne(jobs), time);
    }

    /** Jobs that may be begun at once when none was for a while. */
    public long burst() {
        return Math.max(1, (long) (rate * 1000.0 / period.toMillis() / 20));
    }

    /** Microseconds between two jobs at this rate; 0 if any rate will do. */
    public double microsPerJob() {
        return rate == 0 ? 0 : period.toMillis() * 1000.0 / rate;
    }
}
