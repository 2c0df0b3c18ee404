package io.goose.it.server;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The form of a {@code redis.conf}. */
final class RedisConfiguration {

    static final String FILE = "redis.conf";

    private RedisConfiguration() {}

    /** One line; a value with anything but harmless characters is quoted. */
    static String line(String directive, Object... values) {
        return directive + " "
                + Arrays.stream(values).map(value -> quoted(value.toString())).collect(Collectors.joining(" "));
    }

    private static String quoted(String value) {
        return value.matches("[\\w./:~*&+@><-]+")
                ? value
                : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
