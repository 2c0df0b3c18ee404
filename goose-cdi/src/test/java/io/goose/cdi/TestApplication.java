package io.goose.cdi;

import io.goose.spi.WorkerThreads;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Extension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.jspecify.annotations.Nullable;

/** An application of the given beans with Goose on the memory broker, in Weld SE. */
final class TestApplication implements AutoCloseable {

    /** Looks like the application's own file, as servers name it. */
    static final String OWN_FILE = "file:/app/META-INF/microprofile-config.properties";

    private final WeldContainer container;
    private final Builder builder;

    private TestApplication(WeldContainer container, Builder builder) {
        this.container = container;
        this.builder = builder;
    }

    static Builder with(Class<?>... beans) {
        return new Builder(beans);
    }

    <T> T get(Class<T> type, java.lang.annotation.Annotation... qualifiers) {
        return container.select(type, qualifiers).get();
    }

    WeldContainer container() {
        return container;
    }

    @Override
    public void close() {
        container.close();
        builder.release();
    }

    static final class Builder {
        private final List<Class<?>> beans = new ArrayList<>(List.of(Threads.class));
        private final Map<String, String> own = new HashMap<>(Map.of(
                "goose.broker.main.kind", "memory", "goose.worker.heartbeat", "PT0.1S", "goose.worker.lease", "PT1S"));
        private final Map<String, String> elsewhere = new HashMap<>();
        private final List<Extension> extensions = new ArrayList<>(List.of(new GooseExtension()));
        private boolean systemProperties;
        private @Nullable Config registered;

        private Builder(Class<?>... beans) {
            this.beans.addAll(List.of(beans));
        }

        /** A setting in the application's own file. */
        Builder config(String key, String value) {
            own.put(key, value);
            return this;
        }

        /** A setting that the file lacks. */
        Builder without(String key) {
            own.remove(key);
            return this;
        }

        /** A setting in another source. */
        Builder elsewhere(String key, String value) {
            elsewhere.put(key, value);
            return this;
        }

        /** Reads system properties and the environment too, as servers do. */
        Builder systemProperties() {
            systemProperties = true;
            return this;
        }

        Builder without(Class<?> bean) {
            beans.remove(bean);
            return this;
        }

        Builder extension(Extension extension) {
            extensions.add(extension);
            return this;
        }

        TestApplication start() {
            try {
                return new TestApplication(prepare().initialize(), this);
            } catch (RuntimeException | Error failed) {
                release();
                throw failed;
            }
        }

        /** The container before its start, with the configuration in place; {@link #release} takes that away again. */
        Weld prepare() {
            SmallRyeConfigBuilder sources = new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(
                            new PropertiesConfigSource(own, OWN_FILE, 100),
                            new PropertiesConfigSource(elsewhere, "server variables", 300));
            if (systemProperties) {
                sources.addSystemSources();
            }
            Config config = sources.build();
            ConfigProviderResolver.instance().registerConfig(config, GooseExtension.class.getClassLoader());
            registered = config;
            Weld weld = new Weld().disableDiscovery().beanClasses(beans.toArray(Class<?>[]::new));
            extensions.forEach(weld::addExtension);
            return weld;
        }

        void release() {
            if (registered != null) {
                ConfigProviderResolver.instance().releaseConfig(registered);
                registered = null;
            }
        }
    }

    /** Plain threads where there is no server; remembers them. */
    @ApplicationScoped
    static class Threads implements WorkerThreads {
        private final List<Thread> made = new CopyOnWriteArrayList<>();

        @Override
        public Thread newThread(String name, Runnable body) {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            made.add(thread);
            return thread;
        }

        List<Thread> made() {
            return made;
        }
    }
}
