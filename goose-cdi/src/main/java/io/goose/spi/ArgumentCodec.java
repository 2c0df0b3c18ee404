package io.goose.spi;

import jakarta.json.JsonArray;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a job's arguments into a JSON array and back. A CDI bean of this type replaces the one for JSON-B.
 *
 * <p>Must be thread-safe.
 *
 * @since 0.1
 */
public interface ArgumentCodec {

    /** The name that travels in the envelope's {@code enc}; {@code json} is the one every worker can read. Not empty. */
    String name();

    /**
     * Encodes arguments.
     *
     * @param arguments the values; elements may be null
     * @param types the declared parameter types where they are known, else the list is empty
     * @throws IllegalArgumentException if one cannot be encoded; the message names its position and type, not its value
     */
    JsonArray encode(List<@Nullable Object> arguments, List<Type> types);

    /**
     * Decodes arguments.
     *
     * @param types the declared types of the job method's parameters
     * @return as many values as there are types
     * @throws IllegalArgumentException if the array does not fit the types; the message names the position and the type
     */
    List<@Nullable Object> decode(JsonArray arguments, List<Type> types);

    /**
     * Whether values of a parameter type can travel; asked at deployment.
     *
     * @return what is wrong with the type and how to mend it; null if nothing is
     */
    @Nullable String problem(Type type);
}
