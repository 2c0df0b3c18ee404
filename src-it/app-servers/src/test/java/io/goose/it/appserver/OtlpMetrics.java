package io.goose.it.appserver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an {@code ExportMetricsServiceRequest} of OpenTelemetry's protocol, as far as the tests need it: of a histogram its count, as
 * {@code name_count}. The numbers are those of the fields in {@code metrics.proto}.
 */
final class OtlpMetrics {

    private static final int RESOURCES = 1;
    private static final int SCOPES = 2;
    private static final int METRICS = 2;
    private static final int NAME = 1;
    private static final int GAUGE = 5;
    private static final int SUM = 7;
    private static final int HISTOGRAM = 9;
    private static final int POINTS = 1;
    private static final int NUMBER_DOUBLE = 4;
    private static final int NUMBER_LONG = 6;
    private static final int NUMBER_TAGS = 7;
    private static final int HISTOGRAM_COUNT = 4;
    private static final int HISTOGRAM_TAGS = 9;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int TEXT = 1;

    private OtlpMetrics() {}

    /** A field: bytes if it is a string or a message, else a number's. */
    private static final class Field {
        private final int number;
        private final byte[] bytes;
        private final long bits;

        private Field(int number, byte[] bytes, long bits) {
            this.number = number;
            this.bytes = bytes;
            this.bits = bits;
        }

        private byte[] bytes() {
            return bytes;
        }

        private long bits() {
            return bits;
        }
    }

    static List<Sample> samples(byte[] request) {
        List<Sample> all = new ArrayList<>();
        for (byte[] resource : messages(request, RESOURCES)) {
            for (byte[] scope : messages(resource, SCOPES)) {
                messages(scope, METRICS).forEach(metric -> read(metric, all));
            }
        }
        return all;
    }

    private static void read(byte[] metric, List<Sample> to) {
        String name = text(metric, NAME);
        for (int kind : new int[] {GAUGE, SUM}) {
            for (byte[] data : messages(metric, kind)) {
                messages(data, POINTS)
                        .forEach(point -> to.add(new Sample(name, tags(point, NUMBER_TAGS), number(point))));
            }
        }
        for (byte[] data : messages(metric, HISTOGRAM)) {
            messages(data, POINTS)
                    .forEach(point -> to.add(
                            new Sample(name + "_count", tags(point, HISTOGRAM_TAGS), bits(point, HISTOGRAM_COUNT))));
        }
    }

    private static double number(byte[] point) {
        for (Field field : fields(point)) {
            if (field.number == NUMBER_DOUBLE) {
                return Double.longBitsToDouble(field.bits);
            } else if (field.number == NUMBER_LONG) {
                return field.bits;
            }
        }
        return Double.NaN;
    }

    private static double bits(byte[] message, int number) {
        return fields(message).stream()
                .filter(field -> field.number == number)
                .mapToDouble(Field::bits)
                .findFirst()
                .orElse(0);
    }

    private static Map<String, String> tags(byte[] point, int number) {
        Map<String, String> tags = new HashMap<>();
        for (byte[] tag : messages(point, number)) {
            messages(tag, VALUE).forEach(value -> tags.put(text(tag, KEY), text(value, TEXT)));
        }
        return tags;
    }

    private static String text(byte[] message, int number) {
        return messages(message, number).stream()
                .findFirst()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    private static List<byte[]> messages(byte[] message, int number) {
        return fields(message).stream()
                .filter(field -> field.number == number)
                .map(Field::bytes)
                .toList();
    }

    private static List<Field> fields(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            int type = (int) (tag & 7);
            switch (type) {
                case 0 -> fields.add(new Field(number, new byte[0], varint(in)));
                case 1 -> fields.add(new Field(number, new byte[0], in.getLong()));
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    fields.add(new Field(number, bytes, 0));
                }
                case 5 -> fields.add(new Field(number, new byte[0], in.getInt()));
                default -> throw new IllegalArgumentException("a field of type " + type + " in a message");
            }
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
