package io.goose.engine.metric;

import java.util.HashSet;
import java.util.Set;

/** The values of a tag, of which there are only so many: the rest is one. Confined to a sink's thread. */
final class Bounded {

    static final int MOST = 500;
    private static final String OTHER = "other";

    private final Set<String> known = new HashSet<>();

    /** Whether it is one of those that are known, so that a value of its own can be told of it. */
    boolean admits(String value) {
        return !value.isEmpty() && of(value).equals(value);
    }

    /** The value, or what stands for those that are too many; an empty one is none. */
    String of(String value) {
        if (known.contains(value)) {
            return value;
        }
        return !value.isEmpty() && known.size() < MOST && known.add(value) ? value : OTHER;
    }
}
