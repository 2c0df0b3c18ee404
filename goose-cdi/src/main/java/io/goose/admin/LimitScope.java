package io.goose.admin;

import java.util.Objects;

/**
 * What of a queue a limit is for. A job must be within all limits that are for it. Immutable.
 *
 * @param kind what
 * @param name the handler's or the key's; empty for {@link Kind#QUEUE} and {@link Kind#EACH_KEY}
 * @since 0.1
 */
public record LimitScope(Kind kind, String name) {

    /** What a limit is for. */
    public enum Kind {
        /** All jobs of the queue together. */
        QUEUE("q"),
        /** The jobs of one handler. */
        HANDLER("h"),
        /** The jobs of each key, for itself; a limit of the key itself goes before it. */
        EACH_KEY("k"),
        /** The jobs of one key. */
        KEY("k");

        private final String letter;

        Kind(String letter) {
            this.letter = letter;
        }
    }

    public LimitScope {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        boolean named = kind == Kind.HANDLER || kind == Kind.KEY;
        if (named == name.isEmpty() || name.length() > 300) {
            throw new IllegalArgumentException("GOOSE-4140: a limit for " + kind + " '" + name
                    + "': a handler and a key have 1 to 300 characters, a queue and each key have no name");
        }
    }

    /** All jobs of the queue together. */
    public static LimitScope queue() {
        return new LimitScope(Kind.QUEUE, "");
    }

    /** The jobs of one handler, by its name. */
    public static LimitScope handler(String name) {
        return new LimitScope(Kind.HANDLER, name);
    }

    /** The jobs of each key, for itself. */
    public static LimitScope eachKey() {
        return new LimitScope(Kind.EACH_KEY, "");
    }

    /** The jobs of one key. */
    public static LimitScope key(String key) {
        return new LimitScope(Kind.KEY, key);
    }

    /** The name under which brokers keep it: {@code q}, {@code h:<handler>}, {@code k} or {@code k:<key>}. */
    public String code() {
        return name.isEmpty() ? kind.letter : kind.letter + ':' + name;
    }

    /**
     * The scope with this {@link #code}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static LimitScope ofCode(String code) {
        if (code.startsWith("h:")) {
            return handler(code.substring(2));
        }
        if (code.startsWith("k:")) {
            return key(code.substring(2));
        }
        return switch (code) {
            case "q" -> queue();
            case "k" -> eachKey();
            default -> throw new IllegalArgumentException("'" + code + "' is no scope of a limit");
        };
    }

    @Override
    public String toString() {
        return name.isEmpty() ? kind.toString() : kind + "(" + name + ")";
    }
}
