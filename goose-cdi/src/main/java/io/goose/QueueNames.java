package io.goose;

import java.util.Optional;

/**
 * The rule for queue names, the same for every broker. Stateless, so thread-safe.
 *
 * @since 0.1
 */
public final class QueueNames {

    /** The queue of a job that names none. */
    public static final String DEFAULT = "default";

    private static final int MAX_LENGTH = 199;

    private QueueNames() {}

    /**
     * Returns {@code name} if it is a valid queue name.
     *
     * @throws IllegalArgumentException if it is not; the message says why
     */
    public static String check(String name) {
        problem(name).ifPresent(problem -> {
            throw new IllegalArgumentException("GOOSE-1002: '" + name + "' is no queue name: " + problem);
        });
        return name;
    }

    /** What is wrong with {@code name}; empty if nothing is. */
    public static Optional<String> problem(String name) {
        if (name.isEmpty()) {
            return Optional.of("it is empty; give it 1 to " + MAX_LENGTH + " characters");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("it has " + name.length() + " characters; shorten it to " + MAX_LENGTH);
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c == 0x7f || "{}*,:".indexOf(c) >= 0) {
                return Optional.of(
                        "it has white space, a control character or one of {}*,: at position " + i + "; leave it out");
            }
        }
        return Optional.empty();
    }
}
