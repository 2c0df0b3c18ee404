package io.goose.engine.config;

import io.goose.spi.BrokerFactory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The kinds of broker that this application can make, by name and by the scheme of an address. */
final class BrokerKinds {

    private final Map<String, BrokerFactory> byKind = new TreeMap<>();
    private final Map<String, BrokerFactory> byScheme = new TreeMap<>();

    private BrokerKinds() {}

    /** Collects factories; of two of one kind the first counts, so that a bean can replace what ships with Goose. */
    static BrokerKinds of(Collection<BrokerFactory> factories, List<String> problems) {
        BrokerKinds kinds = new BrokerKinds();
        for (BrokerFactory factory : factories) {
            if (kinds.byKind.putIfAbsent(factory.kind(), factory) != null) {
                continue;
            }
            for (String scheme : factory.schemes()) {
                BrokerFactory other = kinds.byScheme.putIfAbsent(scheme, factory);
                if (other != null) {
                    problems.add("GOOSE-2016: " + other.getClass().getName() + " and "
                            + factory.getClass().getName() + " both make brokers of " + scheme
                            + ":// addresses; remove one of them");
                }
            }
        }
        return kinds;
    }

    Optional<BrokerFactory> ofKind(String kind) {
        return Optional.ofNullable(byKind.get(kind));
    }

    Optional<BrokerFactory> ofScheme(String scheme) {
        return Optional.ofNullable(byScheme.get(scheme));
    }

    Set<String> kinds() {
        return byKind.keySet();
    }

    Set<String> schemes() {
        return byScheme.keySet();
    }

    Collection<BrokerFactory> all() {
        return byKind.values();
    }
}
