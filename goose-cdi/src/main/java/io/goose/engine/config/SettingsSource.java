package io.goose.engine.config;

import java.util.Map;
import java.util.Optional;

/** Where configuration values come from: MicroProfile Config on a server, a map in Java SE. */
public interface SettingsSource {

    /**
     * The value of a key, asked for by its dotted name.
     *
     * @throws IllegalArgumentException if there is one that cannot be read, for example because it refers to another key
     *     that is missing; the message says why
     */
    Optional<Value> find(String key);

    /**
     * The names that the source lists. Only for the check of unknown keys: servers list environment variables in forms of
     * their own, so no key is ever looked up by enumeration.
     */
    Iterable<String> names();

    /**
     * A value and where it comes from.
     *
     * @param text the value
     * @param source the source's name, for messages
     * @param own whether the source belongs to the application itself, so that a mistake in it is the application's
     */
    record Value(String text, String source, boolean own) {}

    /** A source of given values, which belong to the application. */
    static SettingsSource of(Map<String, String> values) {
        Map<String, String> copy = Map.copyOf(values);
        return new SettingsSource() {
            @Override
            public Optional<Value> find(String key) {
                return Optional.ofNullable(copy.get(key)).map(text -> new Value(text, "the given settings", true));
            }

            @Override
            public Iterable<String> names() {
                return copy.keySet();
            }
        };
    }
}
