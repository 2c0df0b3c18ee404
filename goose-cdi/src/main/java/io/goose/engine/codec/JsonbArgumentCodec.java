package io.goose.engine.codec;

import io.goose.spi.ArgumentCodec;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.bind.Jsonb;
import jakarta.json.spi.JsonProvider;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Arguments as JSON in the forms of JSON-B.
 *
 * <p>Values, containers, enums and records are written and read here, exactly or not at all; other classes, and records with
 * annotations of JSON-B, are handed to {@link Jsonb}. {@code docs/arguments.md} has the table. As in JSON-B, a property of the
 * JSON that the class does not have is dropped, and one that the JSON does not have is null, zero or false.
 *
 * <p>Thread-safe. Keeps what it learned about types until it is garbage; {@link #close()} closes the {@code Jsonb} that it
 * made itself, after which only types that need none can be encoded.
 *
 * @since 0.1
 */
public final class JsonbArgumentCodec implements ArgumentCodec, AutoCloseable {

    private final JsonBuilderFactory builders;
    private final Shapes shapes;
    private final @Nullable OwnJsonb own;

    /** A codec that makes its own {@link Jsonb} when the first class needs one. */
    public JsonbArgumentCodec() {
        this(JsonProvider.provider(), new OwnJsonb());
    }

    private JsonbArgumentCodec(JsonProvider json, OwnJsonb own) {
        this.builders = json.createBuilderFactory(Map.of());
        this.shapes = new Shapes(json, own::get);
        this.own = own;
    }

    /**
     * A codec that leaves classes to a {@link Jsonb} of the application, with its adapters and naming.
     *
     * @param jsonb stays the caller's to close; big decimals inside of its classes are written as it writes them
     */
    public JsonbArgumentCodec(Jsonb jsonb) {
        Objects.requireNonNull(jsonb, "jsonb");
        JsonProvider json = JsonProvider.provider();
        this.builders = json.createBuilderFactory(Map.of());
        this.shapes = new Shapes(json, () -> jsonb);
        this.own = null;
    }

    @Override
    public String name() {
        return "json";
    }

    @Override
    public JsonArray encode(List<@Nullable Object> arguments, List<Type> types) {
        if (!types.isEmpty()) {
            checkCount(arguments.size(), types.size());
        }
        JsonArrayBuilder array = builders.createArrayBuilder();
        for (int i = 0; i < arguments.size(); i++) {
            @Nullable Object argument = arguments.get(i);
            @Nullable Type type = types.isEmpty() ? null : types.get(i);
            try {
                array.add((type == null ? shapes.dynamic() : shapes.of(type)).write(argument, 0));
            } catch (Misfit misfit) {
                throw wrong("encode", i, type == null ? typeOf(argument) : type, misfit.describe(), misfit.getCause());
            } catch (Refused refused) {
                throw wrong("encode", i, type == null ? typeOf(argument) : type, ": " + refused.getMessage(), null);
            }
        }
        return array.build();
    }

    @Override
    public List<@Nullable Object> decode(JsonArray arguments, List<Type> types) {
        checkCount(arguments.size(), types.size());
        List<@Nullable Object> values = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            try {
                values.add(shapes.of(types.get(i)).read(arguments.get(i)));
            } catch (Misfit misfit) {
                throw wrong("decode", i, types.get(i), misfit.describe(), misfit.getCause());
            } catch (Refused refused) {
                throw wrong("decode", i, types.get(i), ": " + refused.getMessage(), null);
            }
        }
        return values;
    }

    @Override
    public @Nullable String problem(Type type) {
        try {
            shapes.of(type);
            return null;
        } catch (Refused refused) {
            return refused.getMessage();
        }
    }

    private static void checkCount(int arguments, int parameters) {
        if (arguments != parameters) {
            throw new IllegalArgumentException(
                    "the job has " + arguments + " arguments, its method takes " + parameters);
        }
    }

    private static Type typeOf(@Nullable Object argument) {
        return argument == null ? Object.class : argument.getClass();
    }

    private static IllegalArgumentException wrong(
            String verb, int index, Type type, String problem, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "cannot " + verb + " argument " + (index + 1) + " (" + type.getTypeName() + ")" + problem, cause);
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
