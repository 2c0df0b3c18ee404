package io.goose.engine.codec;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shapes of the types that are one JSON value each. */
final class Values {

    private final JsonProvider json;
    private final Map<Class<?>, Shape> shapes = new HashMap<>();

    Values(JsonProvider json) {
        this.json = json;
        number(int.class, Integer.class, 0);
        number(long.class, Long.class, 0L);
        number(short.class, Short.class, (short) 0);
        number(byte.class, Byte.class, (byte) 0);
        number(double.class, Double.class, 0d);
        number(float.class, Float.class, 0f);
        shapes.put(BigDecimal.class, new NumberShape(json, BigDecimal.class));
        shapes.put(BigInteger.class, new NumberShape(json, BigInteger.class));
        Shape.Key bool = new BooleanShape();
        shapes.put(Boolean.class, bool);
        shapes.put(boolean.class, new Shape.Primitive(boolean.class, bool, false));
        Shape.Key character = text(Character.class, Object::toString, Values::character);
        shapes.put(char.class, new Shape.Primitive(char.class, character, '\0'));
        text(String.class, Function.identity(), Function.identity());
        text(UUID.class, UUID::toString, Values::uuid);
        text(URI.class, URI::toString, URI::create);
        text(Locale.class, Locale::toLanguageTag, Locale::forLanguageTag);
        text(Currency.class, Currency::getCurrencyCode, Currency::getInstance);
        text(byte[].class, Base64.getEncoder()::encodeToString, Base64.getDecoder()::decode);
        times();
        for (Class<? extends JsonValue> type : List.of(
                JsonValue.class,
                JsonStructure.class,
                JsonObject.class,
                JsonArray.class,
                JsonString.class,
                JsonNumber.class)) {
            shapes.put(type, new JsonShape(type));
        }
    }

    private void times() {
        text(Instant.class, Instant::toString, Instant::parse);
        text(Duration.class, Duration::toString, Duration::parse);
        text(Period.class, Period::toString, Period::parse);
        text(LocalDate.class, LocalDate::toString, LocalDate::parse);
        text(LocalTime.class, LocalTime::toString, LocalTime::parse);
        text(LocalDateTime.class, LocalDateTime::toString, LocalDateTime::parse);
        text(OffsetTime.class, OffsetTime::toString, OffsetTime::parse);
        text(OffsetDateTime.class, OffsetDateTime::toString, OffsetDateTime::parse);
        text(ZonedDateTime.class, ZonedDateTime::toString, ZonedDateTime::parse);
        text(ZoneId.class, ZoneId::getId, ZoneId::of);
        text(ZoneOffset.class, ZoneOffset::getId, ZoneOffset::of);
        text(Year.class, Year::toString, Year::parse);
        text(YearMonth.class, YearMonth::toString, YearMonth::parse);
        text(MonthDay.class, MonthDay::toString, MonthDay::parse);
    }

    @Nullable Shape of(Class<?> type) {
        return shapes.get(type);
    }

    private void number(Class<?> primitive, Class<?> wrapper, Object zero) {
        Shape.Key shape = new NumberShape(json, wrapper);
        shapes.put(wrapper, shape);
        shapes.put(primitive, new Shape.Primitive(primitive, shape, zero));
    }

    private <T> Shape.Key text(Class<T> type, Function<T, String> print, Function<String, T> parse) {
        Shape.Key shape = new TextShape<>(json, type, print, parse);
        shapes.put(type, shape);
        return shape;
    }

    private static Character character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException("not one character");
        }
        return text.charAt(0);
    }

    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (text.length() != 36) { // the JDK fills up what is too short
            throw new IllegalArgumentException("not a UUID");
        }
        return uuid;
    }

    private static final class BooleanShape extends Shape.Key {

        @Override
        JsonValue put(Object value, int depth) {
            if (value instanceof Boolean flag) {
                return flag ? JsonValue.TRUE : JsonValue.FALSE;
            }
            throw new Misfit("a " + value.getClass().getName() + " where boolean is wanted");
        }

        @Override
        Object take(JsonValue json) {
            return switch (json.getValueType()) {
                case TRUE -> true;
                case FALSE -> false;
                case ARRAY, OBJECT, STRING, NUMBER, NULL -> throw new Misfit(nameOf(json) + " where boolean is wanted");
            };
        }

        @Override
        String toKey(Object value) {
            return value.toString();
        }

        @Override
        Object fromKey(String key) {
            return switch (key) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new Misfit("a key that is neither true nor false");
            };
        }
    }

    /** JSON that the user made: it travels as it is. */
    private static final class JsonShape extends Shape {
        private final Class<? extends JsonValue> type;

        JsonShape(Class<? extends JsonValue> type) {
            this.type = type;
        }

        @Override
        @Nullable Object nothing() {
            return type == JsonValue.class ? JsonValue.NULL : null;
        }

        @Override
        JsonValue put(Object value, int depth) {
            return fitting(value);
        }

        @Override
        Object take(JsonValue json) {
            return fitting(json);
        }

        private JsonValue fitting(Object value) {
            if (type.isInstance(value)) {
                return type.cast(value);
            }
            String what = value instanceof JsonValue json
                    ? nameOf(json)
                    : "a " + value.getClass().getName();
            throw new Misfit(what + " where " + type.getName() + " is wanted");
        }
    }
}
