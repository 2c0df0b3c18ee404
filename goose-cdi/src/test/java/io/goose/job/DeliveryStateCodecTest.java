package io.goose.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.job.DeliveryState.Failures;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryStateCodecTest {

    private final DeliveryStateCodec codec = new DeliveryStateCodec();

    @Test
    void freshRecord_hasNoFailure() {
        assertThat(codec.encode(DeliveryState.FRESH)).isEqualTo("1|1|0|0|b|0|0|0|0|0|");
        assertThat(codec.decode("1|1|0|0|b|0|0|0|0|0|")).isEqualTo(DeliveryState.FRESH);
    }

    @Test
    void fullRecord_hasTheFailureAsJsonAtItsEnd() {
        DeliveryState state = new DeliveryState(
                3,
                4,
                2,
                Lane.SUSPECT,
                Instant.ofEpochMilli(10),
                Instant.ofEpochMilli(20),
                new Failures(
                        Instant.ofEpochMilli(30),
                        Instant.ofEpochMilli(40),
                        Instant.ofEpochMilli(50),
                        new Failure("a.B", "x|\"y\" \ud83d\ude00", "line 1\n\tat line 2")));

        String text = codec.encode(state);

        assertThat(text)
                .isEqualTo("1|3|4|2|s|10|20|30|40|50|{\"type\":\"a.B\",\"message\":\"x|\\\"y\\\" \ud83d\ude00\","
                        + "\"stack\":\"line 1\\n\\tat line 2\"}");
        assertThat(codec.decode(text)).isEqualTo(state);
    }

    @Test
    void numbersPatchedInTheText_areReadBack() {
        DeliveryState state = DeliveryState.FRESH.afterFailure(new Failure("T", "1|2|3", ""), Instant.ofEpochMilli(7));

        String patched = codec.encode(state).replaceFirst("^1\\|2\\|1\\|0\\|f", "1|2|1|3|s");

        assertThat(codec.decode(patched)).isEqualTo(state.withCrashes(3).withLane(Lane.SUSPECT));
    }

    @Test
    void failureOfAnotherWriter_isReadAsFarAsKnown() {
        Failure failure = codec.decode("1|1|0|0|b|0|0|1|1|0| {\"host\":{\"a\":1}, \"message\":\"m\", \"stack\":null}")
                .failures()
                .last();

        assertThat(failure).isEqualTo(new Failure("unknown", "m", ""));
    }

    @Test
    void loneSurrogateInAMessage_survives() {
        DeliveryState state = DeliveryState.FRESH.afterFailure(new Failure("T", "\udc00", ""), Instant.ofEpochMilli(7));

        assertThat(codec.encode(state)).contains("\\udc00");
        assertThat(codec.decode(codec.encode(state))).isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "2|1|0|0|b|0|0|0|0|0|",
                "1|1|0|0|b|0|0|0|0|0",
                "1|0|0|0|b|0|0|0|0|0|",
                "1|x|0|0|b|0|0|0|0|0|",
                "1|1|0|0|x|0|0|0|0|0|",
                "1|1|0|0||0|0|0|0|0|",
                "1|1|0|0|b|0|0|0|0|0|{",
                "1|1|0|0|b|0|0|0|0|0|[]",
                "1|1|0|0|b|0|0|0|0|0|{} x",
            })
    void anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> codec.decode(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a delivery record of version 1");
    }
}
