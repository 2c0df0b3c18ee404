package io.goose.job;

import jakarta.json.JsonArray;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pass over the text of one envelope. Not thread-safe, used once. */
final class EnvelopeReader {

    private final FieldReader in;

    EnvelopeReader(JsonParser in, JsonBuilderFactory builders) {
        this.in = new FieldReader(in, builders);
    }

    /** The field that is being read, for messages. */
    String field() {
        return in.field();
    }

    Envelope read() throws UndecodableEnvelopeException {
        boolean versioned = false;
        @Nullable JobId id = null;
        @Nullable String handler = null;
        @Nullable String handlerVersion = null;
        @Nullable JsonArray args = null;
        String encoding = Envelope.DEFAULT_ENCODING;
        @Nullable String queue = null;
        Lane lane = Lane.BACK;
        @Nullable String key = null;
        List<String> tags = List.of();
        @Nullable Instant enqueuedAt = null;
        @Nullable Instant runAt = null;
        @Nullable Instant deadline = null;
        @Nullable Duration timeout = null;
        Envelope.@Nullable Retry retry = null;
        Envelope.@Nullable Cron cron = null;
        Envelope.@Nullable Batch batch = null;
        Envelope.@Nullable Unique unique = null;
        Envelope.@Nullable Result result = null;
        @Nullable JobId parent = null;
        Envelope.@Nullable Origin origin = null;
        Map<String, String> headers = Map.of();

        FieldReader.Keys keys = in.keys(in.next(), "");
        while (keys.next()) {
            Event value = in.next();
            switch (keys.name()) {
                case "v" -> versioned = version(value);
                case "id" -> id = id(value);
                case "handler" -> handler = in.word(value);
                case "handlerVersion" -> handlerVersion = in.word(value);
                case "args" -> args = in.args(value);
                case "enc" -> encoding = in.word(value);
                case "queue" -> queue = in.queue(value);
                case "lane" -> lane = lane(value);
                case "key" -> key = in.word(value);
                case "tags" -> tags = tags(value);
                case "enqueuedAt" -> enqueuedAt = in.time(value);
                case "runAt" -> runAt = in.time(value);
                case "deadline" -> deadline = in.time(value);
                case "timeoutMs" -> timeout = Duration.ofMillis(in.integer(value, 1, FieldReader.MAX_INTEGER));
                case "retry" -> retry = retry(value);
                case "cron" -> cron = cron(value);
                case "batch" -> batch = batch(value);
                case "unique" -> unique = unique(value);
                case "result" -> result = result(value);
                case "parent" -> parent = id(value);
                case "origin" -> origin = origin(value);
                case "headers" -> headers = headers(value);
                default -> in.skip(value, 2);
            }
        }
        in.end();
        if (!versioned) {
            throw FieldReader.missing("v");
        }
        return Envelope.builder(
                        FieldReader.present(id, "id"),
                        FieldReader.present(handler, "handler"),
                        FieldReader.present(queue, "queue"),
                        FieldReader.present(args, "args"),
                        FieldReader.present(enqueuedAt, "enqueuedAt"))
                .handlerVersion(handlerVersion)
                .encoding(encoding)
                .lane(lane)
                .key(key)
                .tags(tags)
                .runAt(runAt)
                .deadline(deadline)
                .timeout(timeout)
                .retry(retry)
                .cron(cron)
                .batch(batch)
                .unique(unique)
                .result(result)
                .parent(parent)
                .origin(origin)
                .headers(headers)
                .build();
    }

    /** The value of {@code v} in a text that keeps the rules of JSON; 0 if there is none that is a positive integer. */
    long readVersion() throws UndecodableEnvelopeException {
        long version = 0;
        FieldReader.Keys keys = in.keys(in.next(), "");
        while (keys.next()) {
            Event value = in.next();
            if (keys.name().equals("v") && in.isInteger(value)) {
                version = in.integer(value, 1, FieldReader.MAX_INTEGER);
            } else {
                in.skip(value, 2);
            }
        }
        in.end();
        return version;
    }

    private boolean version(Event value) throws UndecodableEnvelopeException {
        in.integer(value, 1, Envelope.VERSION);
        return true;
    }

    private JobId id(Event value) throws UndecodableEnvelopeException {
        String text = in.string(value);
        if (text.length() == 36) {
            JobId id = new JobId(text);
            if (id.isUuid()) {
                return id;
            }
        }
        throw in.wrong("a UUID in the 8-4-4-4-12 form");
    }

    private Lane lane(Event value) throws UndecodableEnvelopeException {
        return switch (in.string(value)) {
            case "back" -> Lane.BACK;
            case "front" -> Lane.FRONT;
            default -> throw in.wrong("\"back\" or \"front\"");
        };
    }

    private List<String> tags(Event value) throws UndecodableEnvelopeException {
        in.expect(value, Event.START_ARRAY, "an array of strings");
        List<String> tags = new ArrayList<>(4);
        for (Event item = in.next(); item != Event.END_ARRAY; item = in.next()) {
            in.expect(item, Event.VALUE_STRING, "an array of strings");
            tags.add(in.string(item));
        }
        return tags;
    }

    private Envelope.Retry retry(Event value) throws UndecodableEnvelopeException {
        int max = -1;
        @Nullable String queue = null;
        boolean skipDead = false;
        @Nullable String policy = null;
        FieldReader.Keys keys = in.keys(value, "retry.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name()) {
                case "max" -> max = (int) in.integer(item, 0, Integer.MAX_VALUE);
                case "queue" -> queue = in.queue(item);
                case "skipDead" -> skipDead = in.bool(item);
                case "policy" -> policy = in.word(item);
                default -> in.skip(item, 3);
            }
        }
        if (max < 0) {
            throw FieldReader.missing("retry.max");
        }
        return new Envelope.Retry(max, queue, skipDead, policy);
    }

    private Envelope.Cron cron(Event value) throws UndecodableEnvelopeException {
        @Nullable String name = null;
        @Nullable Instant tick = null;
        FieldReader.Keys keys = in.keys(value, "cron.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name()) {
                case "name" -> name = in.word(item);
                case "tick" -> tick = in.time(item);
                default -> in.skip(item, 3);
            }
        }
        return new Envelope.Cron(FieldReader.present(name, "cron.name"), FieldReader.present(tick, "cron.tick"));
    }

    private Envelope.Batch batch(Event value) throws UndecodableEnvelopeException {
        @Nullable JobId id = null;
        int index = -1;
        FieldReader.Keys keys = in.keys(value, "batch.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name()) {
                case "id" -> id = id(item);
                case "index" -> index = (int) in.integer(item, 0, Integer.MAX_VALUE);
                default -> in.skip(item, 3);
            }
        }
        if (index < 0) {
            throw FieldReader.missing("batch.index");
        }
        return new Envelope.Batch(FieldReader.present(id, "batch.id"), index);
    }

    private Envelope.Unique unique(Event value) throws UndecodableEnvelopeException {
        @Nullable String key = null;
        Envelope.Unique.@Nullable Scope scope = null;
        @Nullable Instant until = null;
        Envelope.Unique.OnConflict onConflict = Envelope.Unique.OnConflict.KEEP;
        FieldReader.Keys keys = in.keys(value, "unique.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name()) {
                case "key" -> key = in.word(item);
                case "scope" -> scope = in.oneOf(item, Envelope.Unique.Scope.values());
                case "until" -> until = in.time(item);
                case "onConflict" -> onConflict = in.oneOf(item, Envelope.Unique.OnConflict.values());
                default -> in.skip(item, 3);
            }
        }
        scope = FieldReader.present(scope, "unique.scope");
        if (scope == Envelope.Unique.Scope.UNTIL) {
            FieldReader.present(until, "unique.until");
        }
        return new Envelope.Unique(FieldReader.present(key, "unique.key"), scope, until, onConflict);
    }

    private Envelope.Result result(Event value) throws UndecodableEnvelopeException {
        @Nullable Duration keep = null;
        FieldReader.Keys keys = in.keys(value, "result.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name()) {
                case "keep" -> keep = Duration.ofMillis(in.integer(item, 1, FieldReader.MAX_INTEGER));
                default -> in.skip(item, 3);
            }
        }
        return new Envelope.Result(FieldReader.present(keep, "result.keep"));
    }

    private Envelope.Origin origin(Event value) throws UndecodableEnvelopeException {
        @Nullable String lib = null;
        @Nullable String version = null;
        @Nullable String host = null;
        FieldReader.Keys keys = in.keys(value, "origin.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name()) {
                case "lib" -> lib = in.string(item);
                case "version" -> version = in.string(item);
                case "host" -> host = in.string(item);
                default -> in.skip(item, 3);
            }
        }
        return new Envelope.Origin(
                FieldReader.present(lib, "origin.lib"),
                FieldReader.present(version, "origin.version"),
                FieldReader.present(host, "origin.host"));
    }

    private Map<String, String> headers(Event value) throws UndecodableEnvelopeException {
        Map<String, String> headers = new HashMap<>();
        FieldReader.Keys keys = in.keys(value, "headers.");
        while (keys.next()) {
            headers.put(keys.name(), in.string(in.next()));
        }
        return headers;
    }
}
