package io.goose.engine.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;

/** What may be inside of a class that JSON-B reads and writes: less than beside it, because JSON-B knows less. */
final class JsonbTypes {

    private static final Set<Class<?>> ROOTS =
            Set.of(URL.class, Date.class, Calendar.class, GregorianCalendar.class, TimeZone.class);

    private static final Set<Class<?>> VALUES = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            String.class,
            BigDecimal.class,
            BigInteger.class,
            URI.class,
            UUID.class,
            Instant.class,
            Duration.class,
            Period.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            ZoneId.class,
            ZoneOffset.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class);

    private final Set<Class<?>> seen = new HashSet<>();

    private JsonbTypes() {}

    /** Whether a class of the JDK is a parameter type that is left to JSON-B. */
    static boolean isKnown(Class<?> type) {
        return ROOTS.contains(type);
    }

    /** Refuses a class, or type arguments of it, that JSON-B would fail on. */
    static void check(Class<?> type, Type[] arguments) {
        JsonbTypes check = new JsonbTypes();
        if (!isKnown(type)) {
            check.object(type);
        }
        for (Type argument : arguments) {
            check.property(argument);
        }
    }

    private void object(Class<?> type) {
        if (seen.add(type)) {
            Beans.check(type, this::property);
        }
    }

    private void property(Type type) {
        if (type instanceof Class<?> plain) {
            ofClass(plain);
        } else if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            if (raw != Optional.class && !Collection.class.isAssignableFrom(raw) && !Map.class.isAssignableFrom(raw)) {
                ofClass(raw);
            }
            for (Type argument : generic.getActualTypeArguments()) {
                property(argument);
            }
        } else if (type instanceof WildcardType wildcard) {
            property(wildcard.getUpperBounds()[0]);
        } else if (type instanceof GenericArrayType) {
            throw new Refused(type.getTypeName() + " is an array that JSON-B cannot make; declare a List");
        } else if (!(type instanceof TypeVariable<?>)) { // those are told by the arguments
            throw new Refused(type.getTypeName() + " does not say what to read; declare a concrete type");
        }
    }

    private void ofClass(Class<?> type) {
        if (type.isPrimitive() || VALUES.contains(type) || ROOTS.contains(type) || type.isEnum()) {
            return;
        }
        if (type.isArray()) {
            ofClass(type.getComponentType());
            return;
        }
        String problem = Refusals.of(type);
        if (problem != null) {
            throw new Refused(problem);
        }
        if (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)) {
            throw new Refused(type.getName() + " does not say what it holds; declare its type arguments");
        }
        if (Shapes.isOfJdk(type)) {
            throw new Refused(type.getName() + " is not a type that JSON-B reads and writes; give it a"
                    + " @JsonbTypeAdapter, or make the class a record, which may hold more types");
        }
        object(type);
    }
}
