package io.goose;

import java.util.List;

/**
 * Everything that is wrong with the configuration or the job declarations, reported together.
 *
 * @since 0.1
 */
public final class GooseConfigurationException extends GooseException {

    private final List<String> problems;

    /**
     * @param problems one message each, beginning with its code
     */
    public GooseConfigurationException(List<String> problems) {
        super(describe(problems), null);
        this.problems = List.copyOf(problems);
    }

    private static String describe(List<String> problems) {
        return problems.size() == 1
                ? problems.get(0)
                : problems.size() + " problems:\n - " + String.join("\n - ", problems);
    }

    /** The messages, in the order they were found. */
    public List<String> problems() {
        return problems;
    }
}
