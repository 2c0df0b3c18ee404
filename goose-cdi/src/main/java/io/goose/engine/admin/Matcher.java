package io.goose.engine.admin;

import io.goose.admin.JobFilter;
import io.goose.admin.StoredJob;
import io.goose.job.Envelope;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;

/** Whether stored jobs are among those that are looked for. Immutable. */
final class Matcher {

    private final JobFilter filter;

    Matcher(JobFilter filter) {
        this.filter = filter;
    }

    boolean matches(StoredJob stored) {
        Boolean failed = filter.failed();
        if (failed != null && failed != (stored.job().state().failures().last() != null)) {
            return false;
        }
        boolean needsEnvelope = filter.handler() != null || filter.tag() != null || filter.argument() != null;
        return !needsEnvelope || Envelopes.of(stored).filter(this::matches).isPresent();
    }

    private boolean matches(Envelope envelope) {
        String handler = filter.handler();
        String tag = filter.tag();
        String argument = filter.argument();
        return (handler == null || handler.equals(envelope.handler()))
                && (tag == null || envelope.tags().contains(tag))
                && (argument == null || contains(envelope.args(), argument));
    }

    private static boolean contains(JsonValue value, String wanted) {
        if (value instanceof JsonArray array) {
            return array.stream().anyMatch(each -> contains(each, wanted));
        } else if (value instanceof JsonObject object) {
            return object.values().stream().anyMatch(each -> contains(each, wanted));
        } else if (value instanceof JsonString text) {
            return text.getString().equals(wanted);
        } else if (value instanceof JsonNumber number) {
            return number.toString().equals(wanted);
        }
        return value.toString().equals(wanted);
    }
}
