package io.goose.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.WithoutLibrary;
import io.goose.engine.LogCapture;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.spi.JsonbProvider;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The implementation of JSON-B that a codec finds, or does not. */
class JsonbProviderTest {

    @TempDir
    Path classes;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    public static class Address {
        public String city;
    }

    public record Point(int x, int y) {}

    /** Runs where the implementation is missing. */
    static final class Asking implements Callable<String> {
        @Override
        public String call() {
            JsonbArgumentCodec codec = new JsonbArgumentCodec();
            return codec.problem(Point.class) + " | " + codec.problem(Address.class);
        }
    }

    @Test
    void withoutAnImplementation_aClassIsRefusedAndARecordIsNot() throws Exception {
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try (WithoutLibrary yasson = WithoutLibrary.named("org.eclipse.yasson.", "io.goose.", "jakarta.json.bind.")) {
            String problems = (String) yasson.make(Asking.class, Callable.class).call();
            assertThat(problems)
                    .startsWith("null | " + Address.class.getName()
                            + " needs JSON-B, of which no implementation is here (jakarta.json.bind.JsonbException: ")
                    .endsWith("); add one, for example org.eclipse:yasson, or declare a record");
        }
    }

    /** Makes a Jsonb that cannot be closed. */
    public static final class Clinging extends JsonbProvider {
        @Override
        public JsonbBuilder create() {
            return (JsonbBuilder) Proxy.newProxyInstance(
                    Clinging.class.getClassLoader(),
                    new Class<?>[] {JsonbBuilder.class},
                    (proxy, method, arguments) -> method.getName().equals("build") ? clinging() : proxy);
        }

        private static Object clinging() {
            return Proxy.newProxyInstance(
                    Clinging.class.getClassLoader(), new Class<?>[] {Jsonb.class}, (proxy, method, arguments) -> {
                        throw new IllegalStateException("as told");
                    });
        }
    }

    /** Finds services in its own directory only, where others find Yasson. */
    private static final class Application extends URLClassLoader {
        Application(Path directory, ClassLoader parent) throws IOException {
            super(new URL[] {directory.toUri().toURL()}, parent);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return findResources(name);
        }
    }

    @Test
    void aJsonbThatCannotBeClosed_isLoggedOnce() throws Exception {
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(JsonbProvider.class.getName()), Clinging.class.getName());
        try (URLClassLoader application = new Application(classes, before);
                LogCapture log = LogCapture.open()) {
            Thread.currentThread().setContextClassLoader(application);
            JsonbArgumentCodec codec = new JsonbArgumentCodec();
            assertThat(codec.problem(Address.class)).isNull();
            codec.close();
            codec.close();
            assertThat(log.ownMessages())
                    .containsExactly(
                            "WARNING GOOSE-2212: the Jsonb of the job arguments was not closed cleanly; nothing else waits"
                                    + " for it");
        }
    }
}
