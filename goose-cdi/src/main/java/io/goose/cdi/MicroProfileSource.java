package io.goose.cdi;

import io.goose.engine.config.SettingsSource;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.ConfigValue;

/** MicroProfile Config as a source of settings. */
final class MicroProfileSource implements SettingsSource {

    // The name of the source holds the file's address on both servers.
    private static final String OWN_FILE = "META-INF/microprofile-config";

    private final Config config;

    private MicroProfileSource(Config config) {
        this.config = config;
    }

    /** The configuration of the application that {@code loader} belongs to. */
    static MicroProfileSource of(ClassLoader loader) {
        return new MicroProfileSource(ConfigProvider.getConfig(loader));
    }

    @Override
    public Optional<Value> find(String key) {
        ConfigValue found;
        try {
            found = config.getConfigValue(key);
        } catch (NoSuchElementException | IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(String.valueOf(unreadable.getMessage()), unreadable);
        }
        String text = found.getValue();
        if (text == null) {
            String raw = found.getRawValue();
            if (raw != null && !raw.isBlank()) { // it is there, and what it refers to is not
                throw new IllegalArgumentException("its value refers to something that is not set");
            }
            return Optional.empty();
        }
        String source = String.valueOf(found.getSourceName());
        return Optional.of(new Value(text, source, source.contains(OWN_FILE)));
    }

    @Override
    public Iterable<String> names() {
        return config.getPropertyNames();
    }
}
