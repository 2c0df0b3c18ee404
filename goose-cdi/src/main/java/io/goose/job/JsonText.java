package io.goose.job;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Map;

/**
 * JSON being written: one fixed spelling of every value, so that the bytes do not depend on the JSON implementation.
 * Not thread-safe.
 */
final class JsonText {

    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out;

    JsonText(int capacity) {
        out = new StringBuilder(capacity);
    }

    JsonText raw(char c) {
        out.append(c);
        return this;
    }

    JsonText raw(String text) {
        out.append(text);
        return this;
    }

    /** A comma and a key that needs no escaping. */
    JsonText key(String name) {
        out.append(",\"").append(name).append("\":");
        return this;
    }

    JsonText number(long value) {
        out.append(value);
        return this;
    }

    /**
     * A value with everything in it.
     *
     * @param depth the nesting of this value if it is an object or an array
     * @param field the envelope's field, for messages
     */
    JsonText value(JsonValue value, int depth, String field) {
        switch (value.getValueType()) {
            case ARRAY -> array(value.asJsonArray(), depth, field);
            case OBJECT -> object(value.asJsonObject(), depth, field);
            case STRING -> string(((JsonString) value).getString());
            case NUMBER -> out.append(value);
            case TRUE -> out.append("true");
            case FALSE -> out.append("false");
            case NULL -> out.append("null");
        }
        return this;
    }

    private void array(JsonArray array, int depth, String field) {
        check(depth, field);
        out.append('[');
        String separator = "";
        for (JsonValue item : array) {
            out.append(separator);
            value(item, depth + 1, field);
            separator = ",";
        }
        out.append(']');
    }

    private void object(JsonObject object, int depth, String field) {
        check(depth, field);
        out.append('{');
        String separator = "";
        for (Map.Entry<String, JsonValue> member : object.entrySet()) {
            out.append(separator);
            string(member.getKey()).raw(':');
            value(member.getValue(), depth + 1, field);
            separator = ",";
        }
        out.append('}');
    }

    private static void check(int depth, String field) {
        if (depth > EnvelopeCodec.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "field '" + field + "' is nested deeper than " + EnvelopeCodec.MAX_DEPTH);
        }
    }

    /** A string in quotes; escapes only what JSON demands and lone surrogates, which UTF-8 cannot carry. */
    JsonText string(String text) {
        out.append('"');
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            out.append(text, from, i);
            escape(c);
            from = i + 1;
        }
        out.append(text, from, text.length()).append('"');
        return this;
    }

    private void escape(char c) {
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default ->
                out.append("\\u")
                        .append(HEX.charAt(c >> 12))
                        .append(HEX.charAt(c >> 8 & 15))
                        .append(HEX.charAt(c >> 4 & 15))
                        .append(HEX.charAt(c & 15));
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
