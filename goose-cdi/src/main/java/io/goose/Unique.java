package io.goose;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What makes a job the only one of its kind in its queue, and for how long: {@code Unique.untilEnded().byArguments(0)}. While one has the
 * key no second one is enqueued, see {@link OnConflict}; a dead one does not have it. Begin with how long, then say what is compared
 * and what becomes of the second one, where the default is not right.
 *
 * <p>Jobs are the same whose handler and arguments are the same, unless another choice is made. Keys of different queues have nothing to
 * do with each other.
 *
 * <p>Immutable, so thread-safe.
 *
 * @since 0.1
 */
public final class Unique {

    /** How long a job has its key. */
    public enum Scope {
        /** While it waits to be run, first or again; not while it runs. */
        WAITING,
        /** Until it has ended, its retries included. */
        RUNNING
    }

    /** What becomes of a job whose key another one has. */
    public enum OnConflict {
        /** Nothing: the other one stays as it is. The default. */
        KEEP,
        /** The other one, if it has not begun, is run with the arguments and options of this one, at its own place and time. */
        REPLACE,
        /** As {@link #REPLACE}, and one that is scheduled is put off to the time of this one. */
        DEBOUNCE
    }

    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Scope scope;
    private final @Nullable Instant until;
    private final @Nullable Duration lasting;
    private final OnConflict onConflict;
    private final Choice choice;

    /** What is compared; arguments are null for all of them. */
    private record Choice(
            @Nullable List<Integer> arguments,
            @Nullable String key,
            @Nullable Duration period) {

        static final Choice ALL = new Choice(null, null, null);
    }

    private Unique(
            Scope scope, @Nullable Instant until, @Nullable Duration lasting, OnConflict onConflict, Choice choice) {
        this.scope = scope;
        this.until = until;
        this.lasting = lasting;
        this.onConflict = onConflict;
        this.choice = choice;
    }

    private static Unique in(Scope scope) {
        return new Unique(scope, null, null, OnConflict.KEEP, Choice.ALL);
    }

    /** Until the job has ended, its retries included. */
    public static Unique untilEnded() {
        return in(Scope.RUNNING);
    }

    /** While the job waits to be run, first or again: one that runs does not see what has changed since it began. */
    public static Unique whileWaiting() {
        return in(Scope.WAITING);
    }

    /** For a scope. */
    public static Unique of(Scope scope) {
        return in(Objects.requireNonNull(scope, "scope"));
    }

    /** Until a time, by the broker's clock, whatever becomes of the job until then. */
    public static Unique until(Instant time) {
        Objects.requireNonNull(time, "time");
        return new Unique(Scope.RUNNING, time, null, OnConflict.KEEP, Choice.ALL);
    }

    /**
     * For so long from the enqueue on, whatever becomes of the job until then.
     *
     * @param time 1 ms to 3650 days
     */
    public static Unique lasting(Duration time) {
        return new Unique(Scope.RUNNING, null, checked("the time", time), OnConflict.KEEP, Choice.ALL);
    }

    private static Duration checked(String what, Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "GOOSE-2273: " + what + " of a unique key is 1 ms to 3650 days, was " + time);
        }
        return time;
    }

    private Unique by(Choice next) {
        return new Unique(scope, until, lasting, onConflict, next);
    }

    /**
     * Compares these arguments alone.
     *
     * @param positions from 0, each once; none of them is the same as {@link #byHandler}
     */
    public Unique byArguments(int... positions) {
        List<Integer> chosen =
                IntStream.of(positions).sorted().distinct().boxed().toList();
        if (chosen.size() != positions.length || (!chosen.isEmpty() && chosen.get(0) < 0)) {
            throw new IllegalArgumentException("GOOSE-2274: the arguments that make a job unique are positions from 0,"
                    + " each once, not " + IntStream.of(positions).boxed().toList());
        }
        return by(new Choice(chosen, null, choice.period));
    }

    /** Compares no arguments: one job of the handler at a time. */
    public Unique byHandler() {
        return byArguments();
    }

    /**
     * Compares this text instead of handler and arguments, also with other handlers of the queue.
     *
     * @param key 1 to 150 characters, the first and the last no white space
     */
    public Unique byKey(String key) {
        if (key.isEmpty() || key.length() > 150 || !key.equals(key.strip())) {
            throw new IllegalArgumentException(
                    "GOOSE-2271: a unique key has 1 to 150 characters, the first and the last no white space, not '"
                            + key + "'");
        }
        return by(new Choice(null, key, choice.period));
    }

    /**
     * Compares also the period of this length, counted from 1970 in UTC, in which the job is to be run: with a day, one for each day.
     *
     * @param length 1 ms to 3650 days
     */
    public Unique per(Duration length) {
        return by(new Choice(choice.arguments, choice.key, checked("the period", length)));
    }

    /** What becomes of a job whose key another one has. */
    public Unique onConflict(OnConflict what) {
        return new Unique(scope, until, lasting, Objects.requireNonNull(what, "what"), choice);
    }

    /** See {@link OnConflict#REPLACE}. */
    public Unique replacing() {
        return onConflict(OnConflict.REPLACE);
    }

    /** See {@link OnConflict#DEBOUNCE}. */
    public Unique debouncing() {
        return onConflict(OnConflict.DEBOUNCE);
    }

    /** How long, unless {@link #freeAt} says when. */
    public Scope scope() {
        return scope;
    }

    /**
     * Until when; empty if that is not a matter of time.
     *
     * @param now from when on it is counted
     */
    public Optional<Instant> freeAt(Instant now) {
        return lasting != null ? Optional.of(now.plus(lasting)) : Optional.ofNullable(until);
    }

    /** What becomes of a job whose key another one has. */
    public OnConflict onConflict() {
        return onConflict;
    }

    /** The positions of the arguments that are compared; empty for all. */
    public Optional<List<Integer>> arguments() {
        return Optional.ofNullable(choice.arguments);
    }

    /** What is compared instead of handler and arguments. */
    public Optional<String> key() {
        return Optional.ofNullable(choice.key);
    }

    /** The length of the periods of which each is for itself. */
    public Optional<Duration> period() {
        return Optional.ofNullable(choice.period);
    }
}
