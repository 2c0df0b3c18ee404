package io.goose.engine.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads single values, and notes each that is wrong instead of stopping at it. After a mistake it answers the default, so
 * that the rest can be checked too.
 */
final class SettingsReader {

    private final SettingsSource source;
    private final List<String> problems;
    private final Set<String> unreadable = new HashSet<>();

    SettingsReader(SettingsSource source, List<String> problems) {
        this.source = source;
        this.problems = problems;
    }

    void problem(String message) {
        problems.add(message);
    }

    /** The value without white space around it; empty if it is not set or blank. */
    Optional<String> text(String key) {
        try {
            return source.find(key)
                    .map(SettingsSource.Value::text)
                    .map(String::strip)
                    .filter(text -> !text.isEmpty());
        } catch (IllegalArgumentException wrong) {
            if (unreadable.add(key)) {
                problem("GOOSE-2014: " + key + " cannot be read: " + wrong.getMessage()
                        + "; set what it refers to, or give it a value of its own");
            }
            return Optional.empty();
        }
    }

    boolean isSet(String key) {
        return text(key).isPresent() || unreadable.contains(key);
    }

    Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        Duration value;
        try {
            value = Duration.parse(text.get());
        } catch (DateTimeParseException unparsable) {
            problem("GOOSE-2005: " + Secrets.shown(key, text.get())
                    + " is no duration; write it in ISO-8601, for example " + shown(otherwise));
            return otherwise;
        }
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            problem("GOOSE-2006: " + Secrets.shown(key, text.get()) + " is out of range; set it to " + shown(least)
                    + " … " + shown(most) + " (default " + shown(otherwise) + ")");
            return otherwise;
        }
        return value;
    }

    /** As people write it: P90D, not PT2160H. */
    private static String shown(Duration duration) {
        Duration days = Duration.ofDays(duration.toDays());
        return !duration.isZero() && days.equals(duration) ? "P" + duration.toDays() + "D" : duration.toString();
    }

    int number(String key, int otherwise, int least, int most) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException unparsable) {
            if (!text.get().matches("[+-]?\\d{10,}")) { // else a number, but far out of range
                problem("GOOSE-2007: " + Secrets.shown(key, text.get()) + " is no whole number; write one of " + least
                        + " … " + most + " (default " + otherwise + ")");
                return otherwise;
            }
        }
        problem("GOOSE-2008: " + Secrets.shown(key, text.get()) + " is out of range; set it to " + least + " … " + most
                + " (default " + otherwise + ")");
        return otherwise;
    }

    boolean flag(String key, boolean otherwise) {
        return "true".equals(choice(key, String.valueOf(otherwise), List.of("true", "false")));
    }

    /** One of {@code choices}, which are in lower case; case does not matter in the value. */
    String choice(String key, String otherwise, List<String> choices) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        String value = text.get().toLowerCase(Locale.ROOT);
        if (choices.contains(value)) {
            return value;
        }
        problem("GOOSE-2009: " + Secrets.shown(key, text.get()) + " is not known; write "
                + String.join(" or ", choices) + " (default " + otherwise + ")"
                + Spelling.nearest(value, choices)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse(""));
        return otherwise;
    }
}
