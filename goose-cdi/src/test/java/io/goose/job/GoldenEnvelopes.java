package io.goose.job;

import io.goose.engine.codec.JsonbArgumentCodec;
import jakarta.json.JsonArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The envelopes of the golden files, and the files. */
final class GoldenEnvelopes {

    static final JobId ID = JobId.of("01890a5d-ac96-774b-bcce-b302099a8057");
    static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    private GoldenEnvelopes() {}

    enum Size {
        SMALL
    }

    record Line(String sku, int count, BigDecimal price) {}

    record Order(UUID id, List<Line> lines, long total, String comment) {}

    /** Envelopes by the name of the file that must hold their bytes. */
    static Map<String, Envelope> written() {
        Map<String, Envelope> envelopes = new LinkedHashMap<>();
        envelopes.put("minimal", minimal());
        envelopes.put("full", full());
        envelopes.put("numbers", numbers());
        envelopes.put("text", text());
        envelopes.put("nested", nested());
        envelopes.put("tick", tick());
        envelopes.put("member", member());
        return envelopes;
    }

    /** The bytes of {@code golden/<name>.json}. */
    static EncodedEnvelope file(String name) {
        try (InputStream file = GoldenEnvelopes.class.getResourceAsStream("/golden/" + name + ".json")) {
            return EncodedEnvelope.wrap(file.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Envelope minimal() {
        return Envelope.builder(ID, "com.acme.Mailer#sendWelcome", "default", args(), NEW_YEAR)
                .build();
    }

    private static Envelope full() {
        return Envelope.builder(ID, "com.acme.Mailer#sendWelcome", "mail", args("Ann", 7), NEW_YEAR)
                .handlerVersion("2")
                .lane(Lane.FRONT)
                .key("tenant-1")
                .tags(List.of("vip", "eu"))
                .runAt(NEW_YEAR.plusSeconds(60))
                .deadline(NEW_YEAR.plus(Duration.ofDays(1)))
                .timeout(Duration.ofSeconds(30))
                .retry(new Envelope.Retry(5, "mail-retries", true, "fixed:PT10S"))
                .parent(JobId.of("01890a5d-ac96-774b-bcce-b302099a8056"))
                .origin(new Envelope.Origin("goose", "0.1.0", "web-1"))
                .headers(Map.of("trace", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "locale", "de-CH"))
                .build();
    }

    private static Envelope tick() {
        return Envelope.builder(ID, "com.acme.Digest#build", "mail", args(), NEW_YEAR.plusMillis(7))
                .lane(Lane.FRONT)
                .retry(new Envelope.Retry(27, null, false, null))
                .cron(new Envelope.Cron("digest", NEW_YEAR))
                .origin(new Envelope.Origin("goose", "0.1.0", "web-1"))
                .build();
    }

    private static Envelope member() {
        return Envelope.builder(ID, "com.acme.Photos#scale", "photos", args("a.png"), NEW_YEAR)
                .batch(new Envelope.Batch(JobId.of("01890a5d-ac96-774b-bcce-b302099a8055"), 41))
                .unique(new Envelope.Unique(
                        "scale:a.png",
                        Envelope.Unique.Scope.UNTIL,
                        NEW_YEAR.plusSeconds(3600),
                        Envelope.Unique.OnConflict.REPLACE))
                .result(new Envelope.Result(Duration.ofHours(1)))
                .build();
    }

    private static Envelope numbers() {
        long safe = 9007199254740991L;
        JsonArray args = args(
                0,
                -1,
                safe,
                -safe,
                safe + 1,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                0.1,
                1.5f,
                new BigDecimal("1.10"),
                new BigInteger("123456789012345678901234567890"),
                new long[] {Long.MAX_VALUE, 1},
                null,
                true,
                false);
        return Envelope.builder(ID, "com.acme.Ledger#post", "default", args, Instant.EPOCH)
                .build();
    }

    private static Envelope text() {
        JsonArray args =
                args("", "\"\\/", "\b\f\n\r\t\0\u001f\u007f", "äöü ß 東京 \ud83e\udda2", "\ud800", "\u2028\u2029\ufeff");
        return Envelope.builder(ID, "com.acme.Übersetzer#übersetze", "default", args, NEW_YEAR)
                .tags(List.of("größe"))
                .headers(Map.of("\"k\"", "v\n"))
                .build();
    }

    private static Envelope nested() {
        Order order = new Order(
                new UUID(1, 2),
                List.of(new Line("A-1", 2, new BigDecimal("19.90")), new Line("B-2", 1, null)),
                Long.MAX_VALUE,
                null);
        Map<String, List<Duration>> delays = new LinkedHashMap<>();
        delays.put("EU", List.of(Duration.ofMinutes(90)));
        delays.put("US", Collections.singletonList(null));
        JsonArray args = args(
                order,
                List.of(LocalDate.of(2026, 1, 2), LocalDate.of(2026, 1, 3)),
                delays,
                null,
                Size.SMALL,
                new byte[] {1, -1, 0});
        return Envelope.builder(ID, "com.acme.Orders#ship", "orders", args, NEW_YEAR)
                .retry(new Envelope.Retry(27, null, false, null))
                .build();
    }

    private static JsonArray args(Object... values) {
        try (JsonbArgumentCodec codec = new JsonbArgumentCodec()) {
            return codec.encode(Arrays.asList(values), List.of());
        }
    }
}
