package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of message codes is whole, and has nothing that no message uses. */
class MessageCodesTest {

    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Path LIST = MODULE.resolve("../docs/message-codes.md");

    // As a whole, or as the number alone that a helper completes.
    private static final Pattern IN_CODE = Pattern.compile("GOOSE-([1-9]\\d{3})|\"(2[12]\\d\\d)\"");
    private static final Pattern IN_LIST = Pattern.compile("(?m)^\\| (\\d{4}) \\|");

    @Test
    void everyCode_isListedOnce() throws IOException {
        List<String> listed = IN_LIST.matcher(Files.readString(LIST))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(listed).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(listed)).isEqualTo(used());
    }

    private static Set<String> used() throws IOException {
        Set<String> codes = new TreeSet<>();
        for (String module : List.of("", "../goose-jca-adapter")) {
            try (Stream<Path> files = Files.walk(MODULE.resolve(module).resolve("src/main"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> IN_CODE.matcher(read(file))
                        .results()
                        .forEach(match -> codes.add(match.group(1) == null ? match.group(2) : match.group(1))));
            }
        }
        return codes;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
