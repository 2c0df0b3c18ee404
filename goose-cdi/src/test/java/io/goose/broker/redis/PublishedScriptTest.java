package io.goose.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that producers are written by prints the script that is in the library. */
class PublishedScriptTest {

    private static final Pattern PRINTED = Pattern.compile("```lua\n(.*?)```", Pattern.DOTALL);

    @Test
    void page_printsTheScriptAndItsDigest() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "wire-format.md"));
        Matcher printed = PRINTED.matcher(page);

        assertThat(printed.find()).isTrue();
        assertThat(printed.group(1)).isEqualTo(new String(Script.ENQUEUE.text(), StandardCharsets.UTF_8));
        assertThat(page)
                .contains("SHA-1 for `EVALSHA`: `" + new String(Script.ENQUEUE.sha(), StandardCharsets.US_ASCII) + "`");
    }

    @Test
    void page_namesTheKeysInTheirOrder() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "wire-format.md"));
        String keys = String.join("`, `", Script.ENQUEUE.keys());

        assertThat(page).contains("| 1 to " + Script.ENQUEUE.keys().size() + " | `" + keys + "` |");
    }
}
