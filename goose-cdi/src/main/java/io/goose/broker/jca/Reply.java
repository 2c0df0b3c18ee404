package io.goose.broker.jca;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * What the other side answered.
 *
 * @param tree its result
 * @param library the version of Goose that it is of
 */
record Reply(@Nullable Object tree, @Nullable Object library) {

    /** The result as a value of this type; null for void. */
    @Nullable Object as(Type type) {
        if (type == void.class) {
            return null;
        }
        try {
            return Trees.read(tree, type);
        } catch (Misunderstood skew) {
            throw skew.between(library);
        }
    }
}
