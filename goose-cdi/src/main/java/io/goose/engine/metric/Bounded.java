package io.goose.engine.metric;

import java.util.HashSet;
import java.util.Set;

/** The values of a tag, of which there are only so many: the rest is one. Confined to a sink's thread. */
final class Bounded {

    static final int MOST = 500;
    private static final String OTHER = "other";

    private final Set<String> known = new HashSet<>();

    String of(String value) {
        if (known.contains(value)) {
            return value;
        }
        return known.size() < MOST && known.add(value) ? value : OTHER;
    }
}
