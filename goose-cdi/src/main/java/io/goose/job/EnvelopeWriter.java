package io.goose.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** The text of one envelope, field by field in the order of the wire format. */
final class EnvelopeWriter {

    private EnvelopeWriter() {}

    static String write(Envelope envelope) {
        JsonText out = new JsonText(256);
        out.raw("{\"v\":").number(Envelope.VERSION);
        string(out, "id", envelope.id().value());
        string(out, "handler", envelope.handler());
        envelope.handlerVersion().ifPresent(value -> string(out, "handlerVersion", value));
        out.key("args").value(envelope.args(), 2, "args");
        string(out, "enc", envelope.encoding());
        string(out, "queue", envelope.queue());
        if (envelope.lane() != Lane.BACK) {
            string(out, "lane", laneName(envelope.lane()));
        }
        envelope.key().ifPresent(value -> string(out, "key", value));
        if (!envelope.tags().isEmpty()) {
            tags(out.key("tags"), envelope.tags().iterator());
        }
        time(out, "enqueuedAt", envelope.enqueuedAt());
        envelope.runAt().ifPresent(value -> time(out, "runAt", value));
        envelope.deadline().ifPresent(value -> time(out, "deadline", value));
        envelope.timeout().ifPresent(value -> out.key("timeoutMs").number(millis("timeoutMs", value)));
        envelope.retry().ifPresent(value -> retry(out.key("retry"), value));
        envelope.batch().ifPresent(value -> batch(out.key("batch"), value));
        envelope.unique().ifPresent(value -> unique(out.key("unique"), value));
        envelope.result().ifPresent(value -> result(out.key("result"), value));
        envelope.cron().ifPresent(value -> cron(out.key("cron"), value));
        envelope.parent().ifPresent(value -> string(out, "parent", value.value()));
        envelope.origin().ifPresent(value -> origin(out.key("origin"), value));
        if (!envelope.headers().isEmpty()) {
            headers(out.key("headers"), envelope.headers());
        }
        return out.raw('}').toString();
    }

    private static void string(JsonText out, String name, String value) {
        out.key(name).string(value);
    }

    private static void time(JsonText out, String name, Instant time) {
        // Compared as instants: the far past and future have no number of milliseconds in a long.
        if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.ofEpochMilli(FieldReader.MAX_INTEGER))) {
            throw new IllegalArgumentException(
                    "field '" + name + "' must be from 1970 to 2^53 ms after it, was " + time);
        }
        out.key(name).number(time.toEpochMilli());
    }

    private static long millis(String name, Duration duration) {
        if (duration.isNegative() || duration.compareTo(Duration.ofMillis(FieldReader.MAX_INTEGER)) > 0) {
            throw new IllegalArgumentException("field '" + name + "' must be from 1 to 2^53-1 ms, was " + duration);
        }
        // What is below the resolution is still something.
        return Math.max(1, duration.toMillis());
    }

    private static String laneName(Lane lane) {
        return switch (lane) {
            case BACK -> "back";
            case FRONT -> "front";
            case SUSPECT -> throw new IllegalArgumentException("field 'lane' must be back or front at enqueue");
        };
    }

    private static void tags(JsonText out, Iterator<String> tags) {
        out.raw('[').string(tags.next());
        while (tags.hasNext()) {
            out.raw(',').string(tags.next());
        }
        out.raw(']');
    }

    private static void retry(JsonText out, Envelope.Retry retry) {
        if (retry.max() < 0) {
            throw new IllegalArgumentException("field 'retry.max' must be at least 0, was " + retry.max());
        }
        out.raw("{\"max\":").number(retry.max());
        if (retry.queue() != null) {
            string(out, "queue", retry.queue());
        }
        if (retry.skipDead()) {
            out.key("skipDead").raw("true");
        }
        if (retry.policy() != null) {
            string(out, "policy", retry.policy());
        }
        out.raw('}');
    }

    private static void cron(JsonText out, Envelope.Cron cron) {
        out.raw("{\"name\":").string(cron.name());
        time(out, "tick", cron.tick());
        out.raw('}');
    }

    private static void batch(JsonText out, Envelope.Batch batch) {
        if (batch.index() < 0) {
            throw new IllegalArgumentException("field 'batch.index' must be at least 0, was " + batch.index());
        }
        out.raw("{\"id\":").string(batch.id().value());
        out.key("index").number(batch.index()).raw('}');
    }

    private static void unique(JsonText out, Envelope.Unique unique) {
        out.raw("{\"key\":").string(unique.key());
        string(out, "scope", FieldReader.lowerCase(unique.scope()));
        if (unique.until() != null) {
            time(out, "until", unique.until());
        }
        if (unique.onConflict() != Envelope.Unique.OnConflict.KEEP) {
            string(out, "onConflict", FieldReader.lowerCase(unique.onConflict()));
        }
        out.raw('}');
    }

    private static void result(JsonText out, Envelope.Result result) {
        out.raw("{\"keep\":").number(millis("result.keep", result.keep())).raw('}');
    }

    private static void origin(JsonText out, Envelope.Origin origin) {
        out.raw("{\"lib\":").string(origin.lib());
        string(out, "version", origin.version());
        string(out, "host", origin.host());
        out.raw('}');
    }

    private static void headers(JsonText out, Map<String, String> headers) {
        char before = '{';
        // Sorted, because the order of an immutable map differs from one JVM to the next.
        for (Map.Entry<String, String> header : new TreeMap<>(headers).entrySet()) {
            out.raw(before).string(header.getKey()).raw(':').string(header.getValue());
            before = ',';
        }
        out.raw('}');
    }
}
