package io.goose.it.server;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a program.
 *
 * @param major the first number
 * @param minor the second number
 * @param patch the third number, 0 where none was given
 */
public record Version(int major, int minor, int patch) implements Comparable<Version> {

    private static final Pattern NUMBERS = Pattern.compile("(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?");
    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    /**
     * Reads {@code 7}, {@code 7.0} or {@code 7.0.15}.
     *
     * @throws IllegalArgumentException if the text does not start with a number
     */
    public static Version parse(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException("'" + text + "' is no version; write it as 7.0 or 7.0.15");
        }
        return of(matcher);
    }

    /** The first version in {@code text} that follows {@code prefix} directly, as in {@code v=7.0.15}. */
    static Optional<Version> find(String prefix, String text) {
        Matcher matcher = NUMBERS.matcher(text);
        int from = text.indexOf(prefix);
        return from >= 0
                        && matcher.region(from + prefix.length(), text.length()).lookingAt()
                ? Optional.of(of(matcher))
                : Optional.empty();
    }

    private static Version of(Matcher matcher) {
        return new Version(number(matcher, 1), number(matcher, 2), number(matcher, 3));
    }

    private static int number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** Whether both are of the same release line: 7.0.4 and 7.0.15 are, 7.0 and 7.2 are not. */
    public boolean sameLine(Version other) {
        return major == other.major && minor == other.minor;
    }

    /** Whether this is {@code least} or later. */
    public boolean atLeast(Version least) {
        return compareTo(least) >= 0;
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    /** {@code 7.0.15}. */
    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
