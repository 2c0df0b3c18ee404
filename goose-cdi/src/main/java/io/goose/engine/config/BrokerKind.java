package io.goose.engine.config;

import io.goose.spi.BrokerFactory;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of broker: its factory, and what that says of itself. Asked once, because a factory may be somebody else's bean.
 *
 * @param name the {@code kind} that selects it
 */
record BrokerKind(BrokerFactory factory, String name, Set<String> schemes, Set<String> keys, boolean keepsLedgers) {

    BrokerKind {
        Objects.requireNonNull(name, "kind");
        schemes = Set.copyOf(schemes);
        keys = Set.copyOf(keys);
    }

    /**
     * Asks a factory.
     *
     * @param problems gets a message if it cannot answer; nothing is returned then
     */
    static Optional<BrokerKind> of(BrokerFactory factory, List<String> problems) {
        try {
            return Optional.of(
                    new BrokerKind(factory, factory.kind(), factory.schemes(), factory.keys(), factory.keepsLedgers()));
        } catch (RuntimeException | LinkageError broken) {
            problems.add("GOOSE-2030: the broker factory " + factory.getClass().getName()
                    + " cannot say what it makes (" + broken + "); mend it or remove it");
            return Optional.empty();
        }
    }
}
