package io.goose.job;

import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonException;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads and writes envelopes of version 1 as {@code docs/wire-format.md} describes them.
 *
 * <p>Writing is canonical: the same envelope gives the same bytes on every JSON implementation, with the fields in the
 * order of that page, headers sorted by name and absent fields left out. Reading is strict where leniency could change a
 * job's meaning (duplicate keys, invalid UTF-8, nesting deeper than {@value #MAX_DEPTH}, wrong types) and lenient where the
 * format may grow: fields it does not know are ignored, and survive because brokers keep the bytes.
 *
 * <p>Thread-safe. Looking the JSON provider up costs milliseconds, so an instance is made once and kept.
 *
 * @since 0.1
 */
public final class EnvelopeCodec {

    /** The deepest nesting of objects and arrays in an envelope; the envelope itself is 1. */
    public static final int MAX_DEPTH = 64;

    private final JsonParserFactory parsers;
    private final JsonBuilderFactory builders;

    /** A codec on the JSON provider that the context class loader of the caller finds. */
    public EnvelopeCodec() {
        this(JsonProvider.provider());
    }

    EnvelopeCodec(JsonProvider json) {
        this.parsers = json.createParserFactory(Map.of());
        this.builders = json.createBuilderFactory(Map.of());
    }

    /**
     * The bytes of {@code envelope}.
     *
     * @throws IllegalArgumentException if it holds what the wire format cannot; the message names the field, not its value
     */
    public EncodedEnvelope encode(Envelope envelope) {
        return EncodedEnvelope.wrap(EnvelopeWriter.write(envelope).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads an envelope.
     *
     * @throws UndecodableEnvelopeException if the bytes are not an envelope that this version can read; the message names
     *     the field, not its value
     */
    public Envelope decode(EncodedEnvelope encoded) throws UndecodableEnvelopeException {
        String text = text(encoded.bytes());
        try {
            return read(text, EnvelopeReader::read);
        } catch (UndecodableEnvelopeException wrong) {
            long version = version(text);
            if (version > Envelope.VERSION) {
                throw UndecodableEnvelopeException.newer(
                        version,
                        "the envelope has version " + version + " in 'v', this worker reads up to " + Envelope.VERSION);
            }
            throw wrong;
        }
    }

    /** The version of what could not be read: a newer one may change anything but JSON's rules and the place of v. */
    private long version(String text) {
        try {
            return read(text, EnvelopeReader::readVersion);
        } catch (UndecodableEnvelopeException notJson) {
            return 0; // the caller reports the first reading's finding, which is the more exact
        }
    }

    private interface Reading<T> {
        T from(EnvelopeReader reader) throws UndecodableEnvelopeException;
    }

    private <T> T read(String text, Reading<T> reading) throws UndecodableEnvelopeException {
        try (JsonParser parser = parsers.createParser(new StringReader(text))) {
            EnvelopeReader reader = new EnvelopeReader(parser, builders);
            try {
                return reading.from(reader);
            } catch (JsonException
                    | IllegalStateException
                    | IllegalArgumentException
                    | ArithmeticException
                    | UnsupportedOperationException
                    | NoSuchElementException notJson) {
                // The cause is left out: implementations quote the text, which holds the job's arguments.
                throw UndecodableEnvelopeException.malformed(
                        "the envelope is not JSON at or after field '" + reader.field() + "', offset "
                                + parser.getLocation().getStreamOffset(),
                        null);
            }
        }
    }

    private static String text(byte[] bytes) throws UndecodableEnvelopeException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // The quick conversion replaces what is invalid by U+FFFD; only text with one of those needs the exact look.
        if (text.indexOf('\uFFFD') >= 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)); // reports by default
            } catch (CharacterCodingException invalid) {
                throw UndecodableEnvelopeException.malformed("the envelope is not valid UTF-8", invalid);
            }
        }
        return text;
    }
}
