package io.goose.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.engine.codec.JsonbArgumentCodec;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the bytes of the wire format: a change that turns one of these red breaks jobs that are waiting somewhere. */
class GoldenFilesTest {

    private final EnvelopeCodec codec = new EnvelopeCodec();

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "full", "numbers", "text", "nested", "tick", "member"})
    void envelope_isWrittenAsTheFileAndReadFromIt(String name) throws Exception {
        Envelope envelope = GoldenEnvelopes.written().get(name);
        EncodedEnvelope file = GoldenEnvelopes.file(name);

        assertThat(codec.encode(envelope).text()).isEqualTo(file.text());
        Envelope read = codec.decode(file);
        assertThat(codec.encode(read)).isEqualTo(file);
        assertThat(read.args()).isEqualTo(envelope.args());
        assertThat(read.retry()).isEqualTo(envelope.retry());
        assertThat(read.headers()).isEqualTo(envelope.headers());
        assertThat(read.cron()).isEqualTo(envelope.cron());
        assertThat(read.batch()).isEqualTo(envelope.batch());
        assertThat(read.unique()).isEqualTo(envelope.unique());
        assertThat(read.result()).isEqualTo(envelope.result());
    }

    @Test
    void envelopeOfAnotherWriter_isRead() throws Exception {
        Envelope read = codec.decode(GoldenEnvelopes.file("foreign"));

        assertThat(read.id()).isEqualTo(GoldenEnvelopes.ID);
        assertThat(read.enqueuedAt()).isEqualTo(GoldenEnvelopes.NEW_YEAR);
        assertThat(read.encoding()).isEqualTo("json");
        assertThat(read.lane()).isEqualTo(Lane.BACK);
        assertThat(read.retry()).contains(new Envelope.Retry(3, null, false, null));
        assertThat(read.origin()).contains(new Envelope.Origin("perl", "1", "h"));
        assertThat(read.args().getString(1)).isEqualTo("ü\ud83e\udda2");
    }

    @Test
    void nestedArguments_areReadIntoTheirTypes() throws Exception {
        List<Type> types = List.of(
                GoldenEnvelopes.Order.class,
                LocalDate[].class,
                jakarta.json.JsonObject.class,
                Long.class,
                GoldenEnvelopes.Size.class,
                byte[].class);

        try (JsonbArgumentCodec arguments = new JsonbArgumentCodec()) {
            List<Object> read = arguments.decode(
                    codec.decode(GoldenEnvelopes.file("nested")).args(), types);

            assertThat(((GoldenEnvelopes.Order) read.get(0)).total()).isEqualTo(Long.MAX_VALUE);
            assertThat(((GoldenEnvelopes.Order) read.get(0)).lines()).hasSize(2);
            assertThat((LocalDate[]) read.get(1)).containsExactly(LocalDate.of(2026, 1, 2), LocalDate.of(2026, 1, 3));
            assertThat(read.get(3)).isNull();
            assertThat(read.get(4)).isEqualTo(GoldenEnvelopes.Size.SMALL);
            assertThat((byte[]) read.get(5)).containsExactly(1, -1, 0);
        }
    }
}
