package io.goose.engine.handler;

import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import java.util.Objects;

/**
 * A limit that an annotation or the configuration declares.
 *
 * @param queue whose it is
 * @param where what declares it, for messages
 */
public record DeclaredLimit(String queue, LimitScope scope, Limit limit, String where) {
    public DeclaredLimit {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(where, "where");
    }
}
