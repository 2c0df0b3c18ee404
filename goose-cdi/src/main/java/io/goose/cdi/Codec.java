package io.goose.cdi;

import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.spi.ArgumentCodec;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.json.bind.Jsonb;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The codec of arguments: a bean of the application, which the container owns, or the one for JSON, which is ours.
 *
 * @param codec encodes and decodes
 * @param own the same, if it is ours to close
 */
record Codec(ArgumentCodec codec, @Nullable JsonbArgumentCodec own) {

    /**
     * Finds it; null if there is none that works.
     *
     * @param bean the application's
     * @param problems gets a message for what is wrong
     */
    static @Nullable Codec of(Optional<Bean<?>> bean, References references, List<String> problems) {
        JsonbArgumentCodec json = json(problems);
        if (bean.isEmpty()) {
            return json == null ? null : new Codec(json, json);
        }
        return references
                .tryGet(bean.get(), ArgumentCodec.class, ArgumentCodec::name, problems)
                .map(codec -> new Codec(codec, null))
                .orElse(null);
    }

    /** Needed beside another codec too: every worker reads what is encoded as JSON. */
    private static @Nullable JsonbArgumentCodec json(List<String> problems) {
        try {
            Objects.requireNonNull(Jsonb.class); // is loaded here, not when the first class is encoded
            return new JsonbArgumentCodec();
        } catch (LinkageError | RuntimeException absent) {
            problems.add("GOOSE-2028: JSON-P or JSON-B is not there (" + absent
                    + "); enable jsonp-2.1 and jsonb-3.0 on Open Liberty, or the layers jsonp and jsonb on WildFly");
            return null;
        }
    }

    void close() {
        if (own != null) {
            own.close();
        }
    }
}
