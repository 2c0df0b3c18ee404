package io.goose.broker.redis;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came back for one call.
 *
 * @param value the reply: bytes, a number, a list of such; null for the nil reply and if there is a fault
 * @param shortfall how far the call is from being durable, if it was to be; null if there is nothing to say
 * @param fault why there is no reply; null if there is one
 */
record Answer(
        @Nullable Object value,
        @Nullable String shortfall,
        @Nullable RedisFault fault) {

    static Answer failed(RedisFault fault) {
        return new Answer(null, null, fault);
    }

    /** The reply as a list; nil counts as an empty one. Only without a fault. */
    @SuppressWarnings("unchecked") // the shape is that of the command
    List<Object> list() {
        return value == null ? List.of() : (List<Object>) value;
    }

    /** The reply as bytes. Only without a fault. */
    byte[] bytes() {
        return (byte[]) Objects.requireNonNull(value, "value");
    }

    /** The reply as a number. Only without a fault. */
    long number() {
        return (Long) Objects.requireNonNull(value, "value");
    }
}
