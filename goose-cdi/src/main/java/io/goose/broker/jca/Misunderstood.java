package io.goose.broker.jca;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the other side says cannot be understood here. It says so by itself; who knows the other side's version names both. */
final class Misunderstood extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final String MEND = "; use the same version of Goose on both sides";

    private final String code;
    private final String what;

    private Misunderstood(String code, String what, @Nullable Throwable cause) {
        super(code + ": the other side of the resource adapter " + what + MEND, cause);
        this.code = code;
        this.what = what;
    }

    /** It names something, by a word that is none here. */
    static Misunderstood unknown(Class<?> type, String name) {
        return new Misunderstood(
                "GOOSE-3160",
                "says '" + name + "', which is no " + type.getSimpleName() + " here: it is of a newer version of Goose",
                null);
    }

    /** It does not say what cannot be left out. */
    static Misunderstood lacking(Class<?> type, List<String> components, Throwable cause) {
        return new Misunderstood(
                "GOOSE-2372",
                "says nothing of " + String.join(", ", components) + " of a " + type.getSimpleName()
                        + ", which is needed here: it is of another version of Goose",
                cause);
    }

    /** It says something of another kind. */
    static Misunderstood other(String expected, RuntimeException cause) {
        return new Misunderstood(
                "GOOSE-2372",
                "says something that is no " + expected + " here: it is of another version of Goose",
                cause);
    }

    /** The same for whoever is called across the boundary, with the versions of both sides. */
    IllegalArgumentException between(@Nullable Object otherVersion) {
        return new IllegalArgumentException(
                code + ": the other side of the resource adapter (Goose " + otherVersion + ") " + what + " (Goose "
                        + Calls.library() + " is here)" + MEND,
                this);
    }
}
