package io.goose;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/**
 * How long to wait before a retry, as data: it travels with the job, so that a worker in any language can obey it.
 *
 * <p>Text forms: {@code standard}, {@code fixed:PT5S}, {@code exponential:PT1S,2.0,PT1H} (first, factor, longest),
 * {@code named:x} (a bean of type {@link Custom} named x in the worker's application; where it is missing or throws, the
 * standard delay is used). Delays have millisecond resolution.
 *
 * <p>Immutable, so thread-safe.
 *
 * @since 0.1
 */
public sealed interface RetryDelay {

    /**
     * A delay of the application's own, made a bean with {@code @Named}. Must be thread-safe and quick; called on the
     * job's thread.
     */
    @FunctionalInterface
    interface Custom {
        /** The delay before retry number {@code retryCount + 1}; {@code retryCount} is 0 after the first failure. */
        Duration delay(int retryCount, Throwable failure);
    }

    /** {@code 20 + random(0..19) * (n + 1) + n^4} seconds for n retries before; 27 of them take about 30 days. */
    record Standard() implements RetryDelay {}

    /** The same delay before each retry. */
    record Fixed(Duration delay) implements RetryDelay {
        public Fixed {
            notNegative(delay);
        }
    }

    /** {@code first * factor^n}, at most {@code longest}. */
    record Exponential(Duration first, double factor, Duration longest) implements RetryDelay {
        public Exponential {
            notNegative(first);
            notNegative(longest);
            if (!(factor >= 1.0 && factor <= 1000.0)) {
                throw new IllegalArgumentException(
                        "GOOSE-1005: the factor of an exponential retry delay is 1 to 1000, was " + factor);
            }
        }
    }

    /** A {@link Custom} bean of the worker's application. */
    record Named(String name) implements RetryDelay {
        public Named {
            if (name.isBlank()) {
                throw new IllegalArgumentException("GOOSE-1005: a named retry delay needs a name");
            }
        }
    }

    /** The standard delay, {@link Standard}. */
    static RetryDelay standard() {
        return new Standard();
    }

    /** The same delay before each retry, not negative. */
    static RetryDelay fixed(Duration delay) {
        return new Fixed(delay);
    }

    /** {@code first * factor^n}, at most {@code longest}; the factor is 1 to 1000. */
    static RetryDelay exponential(Duration first, double factor, Duration longest) {
        return new Exponential(first, factor, longest);
    }

    /** The delay of the {@link Custom} bean with this name. */
    static RetryDelay named(String name) {
        return new Named(name);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is none of the forms
     */
    static RetryDelay parse(String text) {
        Objects.requireNonNull(text, "text");
        try {
            if (text.equals("standard")) {
                return new Standard();
            }
            if (text.startsWith("fixed:")) {
                return new Fixed(Duration.parse(text.substring("fixed:".length())));
            }
            if (text.startsWith("exponential:")) {
                String[] parts = text.substring("exponential:".length()).split(",", -1);
                if (parts.length == 3) {
                    return new Exponential(
                            Duration.parse(parts[0].trim()),
                            Double.parseDouble(parts[1].trim()),
                            Duration.parse(parts[2].trim()));
                }
            }
            if (text.startsWith("named:")) {
                return new Named(text.substring("named:".length()));
            }
        } catch (DateTimeParseException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(notADelay(text) + " (" + wrong.getMessage() + ")", wrong);
        }
        throw new IllegalArgumentException(notADelay(text));
    }

    private static String notADelay(String text) {
        return "GOOSE-1003: '" + text
                + "' is no retry delay; write standard, fixed:PT5S, exponential:PT1S,2.0,PT1H or named:<bean>";
    }

    /** The text form, which {@link #parse} reads. */
    default String text() {
        if (this instanceof Fixed fixed) {
            return "fixed:" + fixed.delay();
        }
        if (this instanceof Exponential e) {
            return "exponential:" + e.first() + "," + e.factor() + "," + e.longest();
        }
        if (this instanceof Named named) {
            return "named:" + named.name();
        }
        return "standard";
    }

    /**
     * The standard delay.
     *
     * @param retryCount retries made before, at least 0
     * @param random a random number from 0 to below its argument
     */
    static Duration standardDelay(int retryCount, IntUnaryOperator random) {
        long n = retryCount;
        long fourth = n > 50_000 ? Integer.MAX_VALUE : n * n * n * n; // 50 000^4 s is beyond any calendar
        return Duration.ofSeconds(20 + random.applyAsInt(20) * (n + 1) + Math.min(fourth, Integer.MAX_VALUE));
    }

    private static void notNegative(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("GOOSE-1005: a retry delay cannot be negative, was " + delay);
        }
    }
}
