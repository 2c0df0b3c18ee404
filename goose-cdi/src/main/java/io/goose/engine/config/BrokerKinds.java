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

    private final Map<String, BrokerKind> byKind = new TreeMap<>();
    private final Map<String, BrokerKind> byScheme = new TreeMap<>();

    private BrokerKinds() {}

    /** Collects factories; of two of one kind the first counts, so that a bean can replace what ships with Goose. */
    static BrokerKinds of(Collection<BrokerFactory> factories, List<String> problems) {
        BrokerKinds kinds = new BrokerKinds();
        for (BrokerFactory factory : factories) {
            BrokerKind.of(factory, problems).ifPresent(kind -> kinds.add(kind, problems));
        }
        return kinds;
    }

    private void add(BrokerKind kind, List<String> problems) {
        if (byKind.putIfAbsent(kind.name(), kind) != null) {
            return;
        }
        for (String scheme : kind.schemes()) {
            BrokerKind other = byScheme.putIfAbsent(scheme, kind);
            if (other != null) {
                problems.add("GOOSE-2016: " + other.factory().getClass().getName() + " and "
                        + kind.factory().getClass().getName() + " both make brokers of " + scheme
                        + ":// addresses; remove one of them");
            }
        }
    }

    Optional<BrokerKind> ofKind(String kind) {
        return Optional.ofNullable(byKind.get(kind));
    }

    Optional<BrokerKind> ofScheme(String scheme) {
        return Optional.ofNullable(byScheme.get(scheme));
    }

    Set<String> kinds() {
        return byKind.keySet();
    }

    Set<String> schemes() {
        return byScheme.keySet();
    }

    Collection<BrokerKind> all() {
        return byKind.values();
    }
}
