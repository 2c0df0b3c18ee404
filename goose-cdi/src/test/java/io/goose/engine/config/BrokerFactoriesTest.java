package io.goose.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.memory.MemoryBrokerFactory;
import io.goose.spi.BrokerFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerFactoriesTest {

    @TempDir
    Path classes;

    @Test
    void aFactoryThatCannotBeLoaded_getsAWarningAndHidesNoOther() throws Exception {
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(BrokerFactory.class.getName()), "com.example.GoneFactory\n");
        List<String> warnings = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            assertThat(BrokerFactories.load(loader, warnings)).hasAtLeastOneElementOfType(MemoryBrokerFactory.class);
        }
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("GOOSE-2023: a kind of broker cannot be loaded: ")
                .contains("com.example.GoneFactory")
                .endsWith("remove it from META-INF/services/io.goose.spi.BrokerFactory");
    }
}
