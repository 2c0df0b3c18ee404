package io.goose.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schema and the codec agree. */
class EnvelopeSchemaTest {

    private final EnvelopeCodec codec = new EnvelopeCodec();
    private final JsonSchema schema = schema();

    private static JsonSchema schema() {
        try {
            String text = Files.readString(Path.of("..", "docs", "envelope.v1.schema.json"));
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(text);
        } catch (java.io.IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "full", "numbers", "text", "nested", "tick", "member", "foreign"})
    void goldenFile_isValid(String name) {
        assertThat(schema.validate(GoldenEnvelopes.file(name).text(), InputFormat.JSON))
                .isEmpty();
    }

    @Test
    void whateverIsWritten_isValid() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            String text = codec.encode(RandomEnvelopes.next(random)).text();
            assertThat(schema.validate(text, InputFormat.JSON)).as(text).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"v\":1; \"v\":2",
                "\"v\":1; \"v\":\"1\"",
                "\"v\":1; \"w\":1",
                "01890a5d-; 01890a5d",
                "\"com.acme.Mailer#sendWelcome\"; \"\"",
                "\"com.acme.Mailer#sendWelcome\"; null",
                "[]; {}",
                "\"args\":[]; \"a\":[]",
                "\"json\"; 7",
                "\"default\"; []",
                "\"queue\"; \"q\"",
                "1767225600000; -1",
                "1767225600000; 1.5",
                "1767225600000; \"1767225600000\"",
                "1767225600000; 9007199254740992",
                "1767225600000; 1,\"lane\":\"suspect\"",
                "1767225600000; 1,\"lane\":null",
                "1767225600000; 1,\"key\":\"\"",
                "1767225600000; 1,\"tags\":\"a\"",
                "1767225600000; 1,\"tags\":[1]",
                "1767225600000; 1,\"runAt\":-1",
                "1767225600000; 1,\"deadline\":\"x\"",
                "1767225600000; 1,\"timeoutMs\":0",
                "1767225600000; 1,\"retry\":{}",
                "1767225600000; 1,\"retry\":{\"max\":-1}",
                "1767225600000; 1,\"retry\":{\"max\":2147483648}",
                "1767225600000; 1,\"retry\":{\"max\":1,\"skipDead\":\"no\"}",
                "1767225600000; 1,\"retry\":{\"max\":1,\"queue\":\"\"}",
                "1767225600000; 1,\"retry\":{\"max\":1,\"queue\":\"a b\"}",
                "1767225600000; 1,\"retry\":{\"max\":1,\"queue\":\"x,y z w q r\"}",
                "1767225600000; 1,\"retry\":{\"max\":1,\"queue\":\"a\\u007f\"}",
                "\"default\"; \"a:b\"",
                "\"default\"; \"a\\nb\"",
                "1767225600000; 1,\"retry\":{\"max\":1,\"policy\":1}",
                "1767225600000; 1,\"batch\":{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8055\"}",
                "1767225600000; 1,\"batch\":{\"id\":\"b\",\"index\":0}",
                "1767225600000; 1,\"batch\":{\"index\":0}",
                "1767225600000; 1,\"batch\":{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8055\",\"index\":-1}",
                "1767225600000; 1,\"unique\":{\"scope\":\"waiting\"}",
                "1767225600000; 1,\"unique\":{\"key\":\"\",\"scope\":\"waiting\"}",
                "1767225600000; 1,\"unique\":{\"key\":\"k\"}",
                "1767225600000; 1,\"unique\":{\"key\":\"k\",\"scope\":\"WAITING\"}",
                "1767225600000; 1,\"unique\":{\"key\":\"k\",\"scope\":\"until\"}",
                "1767225600000; 1,\"unique\":{\"key\":\"k\",\"scope\":\"running\",\"onConflict\":\"drop\"}",
                "1767225600000; 1,\"result\":{}",
                "1767225600000; 1,\"result\":{\"keep\":0}",
                "1767225600000; 1,\"parent\":\"x\"",
                "1767225600000; 1,\"origin\":{\"lib\":\"a\",\"version\":\"b\"}",
                "1767225600000; 1,\"origin\":{\"lib\":\"a\",\"version\":\"b\",\"host\":1}",
                "1767225600000; 1,\"headers\":[]",
                "1767225600000; 1,\"headers\":{\"a\":1}",
            })
    void whatTheSchemaRefuses_theCodecRefuses(String from, String to) {
        String minimal = GoldenEnvelopes.file("minimal").text();
        assertThat(minimal).contains(from);
        String wrong = minimal.replace(from, to);

        assertThat(schema.validate(wrong, InputFormat.JSON)).as(wrong).isNotEmpty();
        assertThatThrownBy(() -> codec.decode(EncodedEnvelope.wrap(wrong.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UndecodableEnvelopeException.class);
    }
}
