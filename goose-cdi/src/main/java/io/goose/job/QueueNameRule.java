package io.goose.job;

import java.util.Optional;

/**
 * What the wire format allows as the name of a queue, so that every broker can use it in keys and headers.
 *
 * @since 0.1
 */
public final class QueueNameRule {

    private static final int MAX_LENGTH = 199;

    private QueueNameRule() {}

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
