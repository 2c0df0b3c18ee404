package io.goose.jca;

import java.util.Locale;
import java.util.Optional;

/** Whether what distributed transactions prepare must outlive a crash of the broker's servers. */
enum XaDurability {
    /** It must: without that nothing is prepared. */
    STRICT,
    /** It need not. */
    RELAXED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a property says; empty if it is none of these. */
    static Optional<XaDurability> of(String word) {
        for (XaDurability one : values()) {
            if (one.word().equals(word)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** What is wrong with a property. */
    static String problem(String word) {
        return "xaDurability='" + word + "' cannot be used; write " + STRICT.word() + " or " + RELAXED.word();
    }
}
