package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about internals names the packages that there are. */
class InternalsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "internals.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(io\\.goose[a-z.]*)`");

    @Test
    void theTableOfPackages_isWhatThereIs() throws IOException {
        List<String> named = ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> row.group(1))
                .toList();
        TreeSet<String> there = new TreeSet<>();
        new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests()))
                .importPackages("io.goose").stream()
                        .map(JavaClass::getPackageName)
                        .forEach(there::add);
        there.add("io.goose.tck"); // test code, and a promise all the same

        assertThat(named).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(named)).isEqualTo(there);
    }
}
