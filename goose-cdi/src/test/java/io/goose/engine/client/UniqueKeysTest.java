package io.goose.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Unique;
import io.goose.job.Envelope;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class UniqueKeysTest {

    private static final Instant NOW = Instant.parse("2026-11-27T10:30:00Z");

    private static JsonArray args(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readArray();
        }
    }

    private static String key(Unique unique, String args) {
        return UniqueKeys.of(unique, "a.B#c", args(args), NOW, NOW).key();
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }

    @Test
    void theKeyIsTheHashThatTheWireFormatDescribes() throws Exception {
        String args = "[ {\"b\": [1.50, 100, -0.0, 1e2], \"a\": \"ü\\\"\\\\\\n/\", \"c\": {}}, null, true, [] ]";

        assertThat(key(Unique.untilEnded(), args))
                .isEqualTo(sha256("a.B#c\n"
                        + "{\"0\":{\"a\":\"ü\\\"\\\\\\u000a/\",\"b\":[1.5,100,0,100],\"c\":{}},\"1\":null,\"2\":true,\"3\":[]}"
                        + "\n"));
        assertThat(key(Unique.untilEnded().byArguments(2, 1), args))
                .isEqualTo(sha256("a.B#c\n{\"1\":null,\"2\":true}\n"));
        assertThat(key(Unique.untilEnded().byHandler().per(Duration.ofHours(1)), args))
                .isEqualTo(sha256(
                        "a.B#c\n{}\n" + Instant.parse("2026-11-27T10:00:00Z").toEpochMilli()));
    }

    @Test
    void equalArgumentsHaveOneKeyHoweverTheyAreWritten() {
        assertThat(key(Unique.untilEnded(), "[{\"x\":1,\"y\":2.0}]"))
                .isEqualTo(key(Unique.untilEnded(), "[ {\"y\":2,\"x\":1.000} ]"))
                .isNotEqualTo(key(Unique.untilEnded(), "[{\"x\":1,\"y\":3}]"))
                .isNotEqualTo(key(Unique.untilEnded(), "[{\"x\":\"1\",\"y\":2}]"));
    }

    @Test
    void aNumberWithAHugeExponentIsNoHugeText() {
        assertThat(key(Unique.untilEnded(), "[1e1000000000]")).isNotEqualTo(key(Unique.untilEnded(), "[1e100000000]"));
    }

    @Test
    void aKeyOfOnesOwnIsTakenAsItIs() {
        assertThat(key(Unique.whileWaiting().byKey("import 7"), "[1]")).isEqualTo("import 7");
        assertThat(key(Unique.whileWaiting().byKey("import").per(Duration.ofDays(1)), "[]"))
                .isEqualTo("import@" + Instant.parse("2026-11-27T00:00:00Z").toEpochMilli());
    }

    @Test
    void whatIsSaidOfTheScopeIsWritten() {
        Envelope.Unique lasting = UniqueKeys.of(
                Unique.lasting(Duration.ofMinutes(5)).debouncing(), "x", args("[]"), NOW, NOW.plusSeconds(60));
        assertThat(lasting.scope()).isEqualTo(Envelope.Unique.Scope.UNTIL);
        assertThat(lasting.until()).isEqualTo(NOW.plusSeconds(300));
        assertThat(lasting.onConflict()).isEqualTo(Envelope.Unique.OnConflict.DEBOUNCE);
        Envelope.Unique waiting = UniqueKeys.of(Unique.whileWaiting().replacing(), "x", args("[]"), NOW, NOW);
        assertThat(waiting.scope()).isEqualTo(Envelope.Unique.Scope.WAITING);
        assertThat(waiting.until()).isNull();
        assertThat(waiting.onConflict()).isEqualTo(Envelope.Unique.OnConflict.REPLACE);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> key(Unique.untilEnded().byArguments(0, 2), "[1,2]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2275");
        assertThatThrownBy(() -> Unique.untilEnded().byArguments(1, 1)).hasMessageStartingWith("GOOSE-2274");
        assertThatThrownBy(() -> Unique.untilEnded().byArguments(-1)).hasMessageStartingWith("GOOSE-2274");
        assertThatThrownBy(() -> Unique.lasting(Duration.ZERO)).hasMessageStartingWith("GOOSE-2273");
        assertThatThrownBy(() -> Unique.untilEnded().byKey(" x")).hasMessageStartingWith("GOOSE-2271");
    }
}
