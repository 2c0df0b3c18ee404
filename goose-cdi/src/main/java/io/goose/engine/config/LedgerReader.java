package io.goose.engine.config;

import io.goose.engine.config.GooseSettings.ConfiguredBroker;
import io.goose.engine.config.GooseSettings.Join;
import io.goose.spi.Track;
import io.goose.spi.TransportFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads which brokers are transports that another broker keeps the ledger for. */
final class LedgerReader {

    /** Names the data source that every server has, unless a broker is called so. */
    private static final String LOCAL = "local";

    private final SettingsReader values;
    private final BrokerReader reader;
    private final BrokerKinds kinds;

    LedgerReader(SettingsReader values, BrokerReader reader, BrokerKinds kinds) {
        this.values = values;
        this.reader = reader;
        this.kinds = kinds;
    }

    /**
     * Reads the joins, and notes what is wrong with them.
     *
     * @param names in {@code goose.brokers}
     * @param brokers those that were read; gets the local one if somebody names it, and those that are joined anew
     * @return the ledger of each broker that has one, whether or not it could be read
     */
    Map<String, String> read(Set<String> names, Map<String, ConfiguredBroker> brokers) {
        Map<String, String> ledgers = new TreeMap<>();
        for (String name : names) {
            String ledgerKey = Keys.of(name, Keys.LEDGER);
            String trackKey = Keys.of(name, Keys.TRACK);
            Optional<String> ledger = values.text(ledgerKey);
            Track track = "all".equals(values.choice(trackKey, "guarded", List.of("guarded", "all")))
                    ? Track.ALL
                    : Track.GUARDED;
            if (ledger.isPresent()) {
                String of = ledger.get();
                if (mayBeJoined(name, ledgerKey, of) && isLedger(name, ledgerKey, of, names, brokers)) {
                    ledgers.put(name, of);
                    brokers.computeIfPresent(name, (same, broker) -> broker.joined(new Join(of, track)));
                }
            } else if (values.isSet(trackKey) && !values.isSet(ledgerKey)) {
                values.problem("GOOSE-2038: " + trackKey + "="
                        + values.text(trackKey).orElse("") + " says what a ledger keeps, and there is none; set "
                        + ledgerKey + " too, or remove it");
            }
        }
        return ledgers;
    }

    /** What of unknown kind it is is a mistake of its own. */
    private boolean mayBeJoined(String name, String key, String ledger) {
        BrokerKind kind = reader.kindOfEach().get(name);
        if (kind == null || kind.factory() instanceof TransportFactory) {
            return true;
        }
        values.problem("GOOSE-2036: " + key + "=" + ledger + " is set, but a " + kind.name()
                + " broker keeps everything itself and cannot have another ledger; remove it");
        return false;
    }

    private boolean isLedger(
            String name, String key, String ledger, Set<String> names, Map<String, ConfiguredBroker> brokers) {
        if (ledger.equals(LOCAL) && !names.contains(LOCAL)) {
            return isLocal(key, brokers);
        }
        if (!names.contains(ledger) || ledger.equals(name)) {
            Set<String> others = new TreeSet<>(names);
            others.remove(name);
            others.add(LOCAL);
            values.problem("GOOSE-2035: " + key + "=" + ledger + " is no other broker of " + Keys.BROKERS + "="
                    + String.join(",", names) + "; name one among them whose kind is one of " + kindsOfLedgers()
                    + ", or write local for the server's own data source"
                    + Spelling.nearest(ledger, others)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse(""));
            return false;
        }
        BrokerKind kind = reader.kindOfEach().get(ledger);
        if (kind != null && !kind.keepsLedgers()) {
            values.problem("GOOSE-2037: " + key + "=" + ledger + " is a " + kind.name()
                    + " broker, which cannot keep a ledger for another; name one whose kind is one of "
                    + kindsOfLedgers());
            return false;
        }
        return true;
    }

    private boolean isLocal(String key, Map<String, ConfiguredBroker> brokers) {
        String wanted = key + "=" + LOCAL;
        if (!reader.isEmbedded()) {
            values.problem("GOOSE-2039: " + wanted + " is the server's default data source, which is used only where "
                    + Keys.EMBEDDED + "=true says that it may be; set that, or name a broker");
            return false;
        }
        if (!reader.kindOfEach().containsKey(LOCAL)) {
            reader.readLocal(LOCAL, wanted).ifPresent(local -> brokers.put(LOCAL, local));
        }
        return brokers.containsKey(LOCAL);
    }

    private Set<String> kindsOfLedgers() {
        return kinds.all().stream()
                .filter(BrokerKind::keepsLedgers)
                .map(BrokerKind::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
