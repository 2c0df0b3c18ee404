package io.goose.broker.redis;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must have happened before a send is answered.
 *
 * @param level the kind of guarantee
 * @param replicas how many replicas must have the job; 0 unless the level is REPLICAS
 */
record Durability(Level level, int replicas) {

    /** The kinds of guarantee. */
    enum Level {
        /** The primary has it in memory; what that survives is up to its configuration. */
        MEMORY,
        /** A number of replicas has it in memory too. */
        REPLICAS,
        /** It is on the primary's disk. */
        FSYNC
    }

    static final Durability MEMORY = new Durability(Level.MEMORY, 0);

    private static final Pattern REPLICAS = Pattern.compile("replicas:([1-9]\\d?)");

    /** Reads {@code memory}, {@code replicas:<n>} or {@code fsync}; empty if it is none of these. */
    static Optional<Durability> parse(String text) {
        String value = text.trim().toLowerCase(Locale.ROOT);
        Matcher replicas = REPLICAS.matcher(value);
        if (replicas.matches()) {
            return Optional.of(new Durability(Level.REPLICAS, Integer.parseInt(replicas.group(1))));
        }
        return switch (value) {
            case "memory" -> Optional.of(MEMORY);
            case "fsync" -> Optional.of(new Durability(Level.FSYNC, 0));
            default -> Optional.empty();
        };
    }

    @Override
    public String toString() {
        return level == Level.REPLICAS ? "replicas:" + replicas : level.name().toLowerCase(Locale.ROOT);
    }
}
