package io.goose.engine.config;

import io.goose.spi.BrokerFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the kinds of broker on the class path. */
public final class BrokerFactories {

    private BrokerFactories() {}

    /**
     * The factories that {@code loader} offers as services.
     *
     * @param warnings gets a message for each that cannot be loaded
     */
    public static List<BrokerFactory> load(ClassLoader loader, List<String> warnings) {
        List<BrokerFactory> factories = new ArrayList<>();
        Iterator<ServiceLoader.Provider<BrokerFactory>> providers =
                ServiceLoader.load(BrokerFactory.class, loader).stream().iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return factories;
                }
                factories.add(providers.next().get());
            } catch (ServiceConfigurationError | LinkageError unloadable) {
                warnings.add("GOOSE-2023: a kind of broker cannot be loaded: " + unloadable
                        + "; add the library that it needs, or remove it from META-INF/services/"
                        + BrokerFactory.class.getName());
            }
        }
    }
}
