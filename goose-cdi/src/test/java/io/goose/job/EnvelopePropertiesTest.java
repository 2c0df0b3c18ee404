package io.goose.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every envelope and for all bytes, on random ones with fixed seeds. */
class EnvelopePropertiesTest {

    private final EnvelopeCodec codec = new EnvelopeCodec();

    @Test
    void everyEnvelope_isReadBackAndWrittenTheSameAgain() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            Envelope envelope = RandomEnvelopes.next(random);
            EncodedEnvelope encoded = codec.encode(envelope);

            Envelope read = codec.decode(encoded);

            assertThat(read.id()).isEqualTo(envelope.id());
            assertThat(read.handler()).isEqualTo(envelope.handler());
            assertThat(read.args()).as(encoded.text()).isEqualTo(envelope.args());
            assertThat(read.tags()).isEqualTo(envelope.tags());
            assertThat(read.retry()).isEqualTo(envelope.retry());
            assertThat(read.headers()).isEqualTo(envelope.headers());
            assertThat(codec.encode(read)).isEqualTo(encoded);
        }
    }

    @Test
    void everyTruncation_isUndecodable() {
        Random random = new Random(2);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = codec.encode(RandomEnvelopes.next(random)).bytes();
            for (int length = 0; length < bytes.length; length++) {
                assertThat(reason(Arrays.copyOf(bytes, length)))
                        .as("the first %d bytes of %s", length, new String(bytes, StandardCharsets.UTF_8))
                        .isEqualTo(UndecodableEnvelopeException.Reason.MALFORMED);
            }
        }
    }

    @Test
    void everyMutation_isReadOrUndecodable_neverAnythingElse() {
        Random random = new Random(3);
        int undecodable = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = codec.encode(RandomEnvelopes.next(random)).bytes();
            for (int change = 1 + random.nextInt(3); change > 0; change--) {
                mutate(bytes, random);
            }
            if (reason(bytes) != null) { // anything but UndecodableEnvelopeException ends the test
                undecodable++;
            }
        }
        assertThat(undecodable).isBetween(3_000, 29_999);
    }

    @Test
    void noise_isUndecodable() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            assertThat(reason(noise)).isNotNull();
        }
    }

    private static void mutate(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt(256);
            case 1 -> bytes[at] = (byte) "{}[]\",:\\-+.eE0123456789ntfu".charAt(random.nextInt(27));
            case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            default -> System.arraycopy(bytes, 0, bytes, at / 2, bytes.length - at);
        }
    }

    /** Why the bytes cannot be read; null if they can. */
    private UndecodableEnvelopeException.Reason reason(byte[] bytes) {
        try {
            codec.decode(EncodedEnvelope.wrap(bytes));
            return null;
        } catch (UndecodableEnvelopeException expected) {
            return expected.reason();
        }
    }
}
