package io.goose.engine.codec;

import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.math.BigDecimal;
import java.math.BigInteger;

/** A number, read exactly or not at all. What a JavaScript number could not hold is written as a string. */
final class NumberShape extends Shape.Key {

    private static final long MAX_SAFE = (1L << 53) - 1;
    /** A BigInteger of more zeros than this is not built from a number with an exponent: a few bytes would fill the heap. */
    private static final int MAX_ZEROS = 10_000;

    private final JsonProvider json;
    private final Class<?> type;

    NumberShape(JsonProvider json, Class<?> type) {
        this.json = json;
        this.type = type;
    }

    @Override
    JsonValue put(Object value, int depth) {
        Object number = value.getClass() == type ? value : converted(value);
        if (number instanceof Integer i) {
            return json.createValue(i);
        }
        if (number instanceof Long l) {
            return l >= -MAX_SAFE && l <= MAX_SAFE ? json.createValue(l) : json.createValue(l.toString());
        }
        if (number instanceof Short || number instanceof Byte) {
            return json.createValue(((Number) number).intValue());
        }
        if (number instanceof Double d) {
            return json.createValue(finite(d));
        }
        if (number instanceof Float f) {
            finite(f.doubleValue());
            return json.createValue(new BigDecimal(f.toString())); // as a double, 0.1f would get nine digits of noise
        }
        return json.createValue(number.toString());
    }

    private static double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new Misfit("NaN and Infinity have no JSON form");
        }
        return value;
    }

    private Object converted(Object value) {
        if (!(value instanceof Number)) {
            throw new Misfit("a " + value.getClass().getName() + " where " + type.getName() + " is wanted");
        }
        try {
            return exact(new BigDecimal(value.toString()));
        } catch (ArithmeticException | NumberFormatException lost) {
            throw new Misfit("a " + value.getClass().getName() + " that " + type.getName() + " cannot hold");
        }
    }

    @Override
    Object take(JsonValue value) {
        try {
            if (value instanceof JsonNumber number) {
                return exact(number);
            }
            if (value instanceof JsonString text && (type == Long.class || isBig())) {
                return exact(new BigDecimal(text.getString()));
            }
        } catch (ArithmeticException | NumberFormatException lost) {
            throw new Misfit(nameOf(value) + " that " + type.getName() + " cannot hold");
        }
        throw new Misfit(nameOf(value) + " where " + type.getName() + " is wanted");
    }

    private boolean isBig() {
        return type == BigDecimal.class || type == BigInteger.class;
    }

    private Object exact(JsonNumber number) {
        if (type == Integer.class) {
            return number.intValueExact();
        }
        return type == Long.class ? (Object) number.longValueExact() : exact(number.bigDecimalValue());
    }

    private Object exact(BigDecimal number) {
        if (type == Long.class) {
            return number.longValueExact();
        }
        if (type == Integer.class) {
            return number.intValueExact();
        }
        if (type == Short.class) {
            return number.shortValueExact();
        }
        if (type == Byte.class) {
            return number.byteValueExact();
        }
        if (type == BigDecimal.class) {
            return number;
        }
        if (type == BigInteger.class) {
            if (number.scale() < -MAX_ZEROS || number.scale() > MAX_ZEROS + number.precision()) {
                throw new ArithmeticException("exponent");
            }
            return number.toBigIntegerExact();
        }
        return rounded(number);
    }

    /** Doubles are the one type that rounds, as in every language; what rounds to infinity does not fit. */
    private Object rounded(BigDecimal number) {
        double value = type == Float.class ? number.floatValue() : number.doubleValue();
        if (Double.isInfinite(value)) {
            throw new ArithmeticException("overflow");
        }
        return type == Float.class ? (Object) (float) value : (Object) value;
    }

    @Override
    String toKey(Object value) {
        Object number = value.getClass() == type ? value : converted(value);
        if (number instanceof Double || number instanceof Float) {
            finite(((Number) number).doubleValue());
        }
        return number.toString();
    }

    @Override
    Object fromKey(String key) {
        try {
            return exact(new BigDecimal(key));
        } catch (ArithmeticException | NumberFormatException lost) {
            throw new Misfit("a key that " + type.getName() + " cannot hold");
        }
    }
}
