package io.goose.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.goose.job.UndecodableEnvelopeException.Reason;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopeCodecTest {

    private static final JobId ID = JobId.of("01890a5d-ac96-774b-bcce-b302099a8057");
    private static final String MINIMAL = "{\"v\":1,\"id\":\"" + ID
            + "\",\"handler\":\"h\",\"args\":[],\"enc\":\"json\"," + "\"queue\":\"q\",\"enqueuedAt\":1000}";

    private final EnvelopeCodec codec = new EnvelopeCodec();

    @Test
    void absentFields_areLeftOut() {
        Envelope envelope = Envelope.builder(ID, "h", "q", JsonValue.EMPTY_JSON_ARRAY, Instant.ofEpochMilli(1000))
                .build();

        assertThat(codec.encode(envelope).text()).isEqualTo(MINIMAL);
    }

    @Test
    void everyField_isReadBack() throws Exception {
        JsonArray args = Json.createArrayBuilder()
                .add("a\"\\\u0001ü\ud83d\ude00")
                .add(7)
                .addNull()
                .add(true)
                .add(Json.createObjectBuilder()
                        .add("k", Json.createArrayBuilder().add(1.5)))
                .build();
        Envelope envelope = Envelope.builder(ID, "a.B#c", "mail", args, Instant.ofEpochMilli(1))
                .handlerVersion("2")
                .encoding("cbor")
                .lane(Lane.FRONT)
                .key("tenant-1")
                .tags(List.of("b", "a"))
                .runAt(Instant.ofEpochMilli(2))
                .deadline(Instant.ofEpochMilli(3))
                .timeout(Duration.ofMillis(4))
                .retry(new Envelope.Retry(5, "slow", true, "fixed:PT1S"))
                .parent(JobId.of("01890a5d-ac96-774b-bcce-b302099a8058"))
                .origin(new Envelope.Origin("goose", "0.1", "host"))
                .headers(Map.of("z", "1", "a", "2"))
                .build();

        EncodedEnvelope encoded = codec.encode(envelope);
        Envelope decoded = codec.decode(encoded);

        assertThat(decoded.id()).isEqualTo(ID);
        assertThat(decoded.handler()).isEqualTo("a.B#c");
        assertThat(decoded.handlerVersion()).contains("2");
        assertThat(decoded.encoding()).isEqualTo("cbor");
        assertThat(decoded.queue()).isEqualTo("mail");
        assertThat(decoded.args()).isEqualTo(args);
        assertThat(decoded.lane()).isEqualTo(Lane.FRONT);
        assertThat(decoded.key()).contains("tenant-1");
        assertThat(decoded.tags()).containsExactly("b", "a");
        assertThat(decoded.enqueuedAt()).isEqualTo(Instant.ofEpochMilli(1));
        assertThat(decoded.runAt()).contains(Instant.ofEpochMilli(2));
        assertThat(decoded.deadline()).contains(Instant.ofEpochMilli(3));
        assertThat(decoded.timeout()).contains(Duration.ofMillis(4));
        assertThat(decoded.retry()).isEqualTo(envelope.retry());
        assertThat(decoded.parent()).isEqualTo(envelope.parent());
        assertThat(decoded.origin()).isEqualTo(envelope.origin());
        assertThat(decoded.headers()).isEqualTo(envelope.headers());
        assertThat(codec.encode(decoded)).isEqualTo(encoded);
        assertThat(encoded.text()).contains("\"headers\":{\"a\":\"2\",\"z\":\"1\"}");
    }

    @Test
    void loneSurrogate_isEscapedAndSurvives() throws Exception {
        JsonArray args = Json.createArrayBuilder().add("x\ud800y").build();

        EncodedEnvelope encoded =
                codec.encode(Envelope.builder(ID, "h", "q", args, Instant.EPOCH).build());

        assertThat(encoded.text()).contains("x\\ud800y");
        assertThat(codec.decode(encoded).args().getString(0)).isEqualTo("x\ud800y");
    }

    @Test
    void unknownFields_areIgnored() throws Exception {
        String text = MINIMAL.replace("{\"v\":1", "{\"new\":{\"a\":[1,{\"b\":null}]},\"v\":1,\"more\":\"x\"");

        assertThat(decode(text).handler()).isEqualTo("h");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "id; \"handler\":\"h\"; \"id\":7,\"handler\":\"h\"",
                "handler; \"handler\":\"h\"; \"handler\":\"\"",
                "handler; \"handler\":\"h\"; \"handler\":null",
                "handler; \"handler\":\"h\"; \"handler\":\"h\",\"handler\":\"h\"",
                "args; \"args\":[]; \"args\":{}",
                "args; \"args\":[]; \"args\":[{\"secret\":1,\"secret\":2}]",
                "new; \"args\":[]; \"args\":[],\"new\":{\"a\":[{\"b\":1,\"b\":2}]}",
                "enc; \"enc\":\"json\"; \"enc\":1",
                "queue; \"queue\":\"q\"; \"queue\":[]",
                "queue; \"queue\":\"q\"; \"x\":1",
                "lane; \"queue\":\"q\"; \"queue\":\"q\",\"lane\":\"suspect\"",
                "tags; \"queue\":\"q\"; \"queue\":\"q\",\"tags\":[\"a\",1]",
                "enqueuedAt; 1000; -1",
                "enqueuedAt; 1000; 1.5",
                "enqueuedAt; 1000; \"1000\"",
                "enqueuedAt; 1000; 9007199254740992",
                "enqueuedAt; 1000; 18446744073709551617",
                "timeoutMs; 1000; 1000,\"timeoutMs\":0",
                "retry.max; 1000; 1000,\"retry\":{\"skipDead\":true}",
                "retry.max; 1000; 1000,\"retry\":{\"max\":2147483648}",
                "retry.skipDead; 1000; 1000,\"retry\":{\"max\":1,\"skipDead\":1}",
                "retry.max; 1000; 1000,\"retry\":{\"max\":1,\"max\":1}",
                "origin.host; 1000; 1000,\"origin\":{\"lib\":\"x\",\"version\":\"y\"}",
                "headers.a; 1000; 1000,\"headers\":{\"a\":1}",
                "parent; 1000; 1000,\"parent\":\"not-a-uuid\"",
                "v; \"v\":1; \"v\":0",
                "v; \"v\":1; \"v\":\"1\"",
                "v; \"v\":1; \"w\":1",
            })
    void wrongField_isMalformedAndNamedWithoutItsValue(String field, String from, String to) {
        assertThat(MINIMAL).contains(from);

        UndecodableEnvelopeException thrown = undecodable(MINIMAL.replace(from, to));

        assertThat(thrown.reason()).isEqualTo(Reason.MALFORMED);
        assertThat(thrown).hasMessageContaining("'" + field + "'").hasMessageNotContaining("secret");
    }

    @Test
    void idThatIsNoUuid_isMalformed() {
        assertThat(undecodable(MINIMAL.replace(ID.value(), "job-1"))).hasMessageContaining("'id' must be a UUID");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {"``", "[]", "null", "{", "{}x", "7", "{\"v\":1}{}", "nul"})
    void notAnObject_isMalformed(String text) {
        assertThat(undecodable(text).reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void textAfterTheEnd_isMalformed() {
        assertThat(undecodable(MINIMAL + "x").reason()).isEqualTo(Reason.MALFORMED);
        assertThat(undecodable(MINIMAL + MINIMAL).reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void depth64_isReadAndWritten_depth65IsNot() throws Exception {
        String deepest = "[".repeat(63) + "]".repeat(63); // the envelope itself is the 64th
        Envelope envelope = decode(MINIMAL.replace("\"args\":[]", "\"args\":" + deepest));
        assertThat(codec.encode(envelope).text()).contains(deepest);

        assertThat(undecodable(MINIMAL.replace("\"args\":[]", "\"args\":[" + deepest + "]")))
                .hasMessageContaining("'args' is nested deeper than 64");
        assertThat(undecodable(MINIMAL.replace("\"args\":[]", "\"args\":[],\"x\":[" + deepest + "]")))
                .hasMessageContaining("'x' is nested deeper than 64");
        JsonArray tooDeep = Json.createArrayBuilder().add(envelope.args()).build();
        assertThatThrownBy(() -> codec.encode(
                        Envelope.builder(ID, "h", "q", tooDeep, Instant.EPOCH).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'args' is nested deeper than 64");
    }

    @Test
    void invalidUtf8_isMalformed_theReplacementCharacterItselfIsNot() throws Exception {
        byte[] bytes = MINIMAL.replace("\"h\"", "\"hX\"").getBytes(StandardCharsets.UTF_8);
        bytes[MINIMAL.indexOf("\"h\"") + 2] = (byte) 0xC3;
        UndecodableEnvelopeException thrown = catchThrowableOfType(
                UndecodableEnvelopeException.class, () -> codec.decode(EncodedEnvelope.wrap(bytes)));
        assertThat(thrown).hasMessageContaining("UTF-8");

        assertThat(decode(MINIMAL.replace("\"h\"", "\"\uFFFD\"")).handler()).isEqualTo("\uFFFD");
    }

    @Test
    void newerVersion_isToldApartWhereverItStandsAndWhateverElseChanged() {
        assertThat(undecodable("{\"id\":[],\"v\":2}").reason()).isEqualTo(Reason.NEWER_VERSION);
        assertThat(undecodable(MINIMAL.replace("\"v\":1", "\"v\":2")).reason()).isEqualTo(Reason.NEWER_VERSION);
        assertThat(undecodable("{\"v\":2,").reason()).isEqualTo(Reason.MALFORMED);
        assertThat(undecodable("{\"v\":2,\"v\":2}").reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void whatTheFormatCannotHold_isRefusedAtEncode() {
        assertThatThrownBy(() -> codec.encode(Envelope.builder(ID, "h", "q", JsonValue.EMPTY_JSON_ARRAY, Instant.EPOCH)
                        .runAt(Instant.MAX)
                        .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'runAt'");
        assertThatThrownBy(() -> codec.encode(Envelope.builder(ID, "h", "q", JsonValue.EMPTY_JSON_ARRAY, Instant.EPOCH)
                        .lane(Lane.SUSPECT)
                        .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'lane'");
    }

    private Envelope decode(String text) throws UndecodableEnvelopeException {
        return codec.decode(EncodedEnvelope.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private UndecodableEnvelopeException undecodable(String text) {
        UndecodableEnvelopeException thrown =
                catchThrowableOfType(UndecodableEnvelopeException.class, () -> decode(text));
        assertThat(thrown).as("decoding %s", text).isNotNull();
        return thrown;
    }
}
