package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page about scenarios names tests that there are, has every weakness, and says for each row what stands for it. */
class ScenariosPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]*) \\|$");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)(?:#(\\w+))?`");
    private static final Pattern WEAKNESS = Pattern.compile("^R(\\d+): ");

    private static String page;
    private static Map<String, String> testSources;

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(ROOT.resolve("docs/scenarios.md"));
        testSources = new TreeMap<>();
        for (Path module : List.of(ROOT.resolve("goose-cdi"), ROOT.resolve("src-it"))) {
            try (Stream<Path> files = Files.walk(module)) {
                files.filter(file -> file.toString().replace('\\', '/').contains("/src/test/java/"))
                        .filter(file -> file.toString().endsWith(".java"))
                        .forEach(file ->
                                testSources.put(file.getFileName().toString().replace(".java", ""), source(file)));
            }
        }
    }

    @Test
    void eachNamedTest_isThere() {
        for (MatchResult test : tests(page)) {
            String type = test.group(1);
            if (type.equals("Error")) {
                continue;
            }
            assertThat(testSources).containsKey(type);
            assertThat(testSources.get(type))
                    .as(type)
                    .containsAnyOf("@Test", "@ParameterizedTest", "@ArchTest", " extends ");
            if (test.group(2) != null) {
                assertThat(testSources.get(type)).as(type).containsPattern("\\bvoid " + test.group(2) + "\\(");
            }
        }
    }

    @Test
    void eachRow_namesATestOrSaysWhatIsToCome() {
        List<MatchResult> rows = ROW.matcher(page).results().toList();

        assertThat(rows).hasSizeGreaterThan(50);
        assertThat(rows)
                .filteredOn(
                        row -> !row.group(1).equals("scenario") && !row.group(2).startsWith("tests"))
                .filteredOn(
                        row -> tests(row.group(2)).isEmpty() && !row.group(2).contains("to come"))
                .extracting(MatchResult::group)
                .isEmpty();
    }

    @Test
    void eachWeaknessThatConcernsWhatThereIs_hasOneRow() {
        List<Integer> expected = IntStream.rangeClosed(1, 29).boxed().toList();
        List<Integer> rows = ROW.matcher(page)
                .results()
                .flatMap(row -> WEAKNESS.matcher(row.group(1)).results())
                .map(number -> Integer.valueOf(number.group(1)))
                .toList();

        assertThat(rows).isEqualTo(expected);
    }

    /** So that who reads the test learns which weakness it holds off. */
    @Test
    void aTestOfAWeakness_namesIt() {
        TreeSet<String> silent = new TreeSet<>();
        ROW.matcher(page).results().forEach(row -> WEAKNESS.matcher(row.group(1))
                .results()
                .map(number -> "R" + number.group(1))
                .filter(number -> tests(row.group(2)).stream()
                        .map(test -> testSources.getOrDefault(test.group(1), ""))
                        .noneMatch(source -> Pattern.compile("\\b" + number + "\\b")
                                .matcher(source)
                                .find()))
                .forEach(silent::add));

        assertThat(silent).isEmpty();
    }

    private static List<MatchResult> tests(String text) {
        return TEST.matcher(text).results().toList();
    }

    private static String source(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
