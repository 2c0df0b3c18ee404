package io.goose.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.BrokerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about the configuration names every key that is read, and no other. */
class ConfigurationPageTest {

    private static final String OF_A_BROKER = "goose.broker.<n>.";
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern FULL_NAME = Pattern.compile("`(goose\\.[a-z.<>-]*[a-z])`");

    /** Names in the first cells of the tables; those that do not begin with {@code goose.} are a broker's. */
    @Test
    void theTables_nameEveryKeyOnceAndNoOther() throws IOException {
        List<String> named = new ArrayList<>();
        for (String line : page().split("\n", -1)) {
            if (line.startsWith("| `")) {
                String cell = line.substring(2, line.indexOf(" |", 2));
                NAME.matcher(cell)
                        .results()
                        .map(match -> match.group(1))
                        .map(name -> name.startsWith(Keys.PREFIX) ? name : OF_A_BROKER + name)
                        .forEach(named::add);
            }
        }

        assertThat(named).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(named)).isEqualTo(read());
    }

    @Test
    void theText_namesNoUnknownKey() throws IOException {
        assertThat(fullNames(page())).isSubsetOf(read());
    }

    private static Set<String> fullNames(String text) {
        return new TreeSet<>(FULL_NAME
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1).replace("goose.broker.main.", OF_A_BROKER))
                .toList());
    }

    private static Set<String> read() {
        Set<String> keys = new TreeSet<>(Keys.GLOBAL);
        Keys.OF_ANY_BROKER.forEach(key -> keys.add(OF_A_BROKER + key));
        List<String> warnings = new ArrayList<>();
        for (BrokerFactory factory : BrokerFactories.load(ConfigurationPageTest.class.getClassLoader(), warnings)) {
            factory.keys().forEach(key -> keys.add(OF_A_BROKER + key));
        }
        assertThat(warnings).isEmpty();
        return keys;
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "configuration.md"));
    }
}
