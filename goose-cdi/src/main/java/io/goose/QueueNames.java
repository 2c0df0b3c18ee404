package io.goose;

import io.goose.job.QueueNameRule;
import java.util.Optional;

/**
 * The rule for queue names, the same for every broker. Stateless, so thread-safe.
 *
 * @since 0.1
 */
public final class QueueNames {

    /** The queue of a job that names none. */
    public static final String DEFAULT = "default";

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
        return QueueNameRule.problem(name);
    }
}
