package io.goose.it.appserver;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One value of one metric.
 *
 * @param name as the server shows it
 */
record Sample(String name, Map<String, String> tags, double value) {

    private static final Pattern LINE = Pattern.compile("([A-Za-z_:][A-Za-z0-9_:]*)(?:\\{(.*)})? +([^ ]+)(?: +\\d+)?");
    private static final Pattern TAG = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    Sample {
        tags = Map.copyOf(tags);
    }

    /** Those in what Prometheus reads, in its own format. */
    static List<Sample> prometheus(String text) {
        return Arrays.stream(text.split("\n", -1))
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Sample(line.group(1), tags(line.group(2)), number(line.group(3))))
                .toList();
    }

    private static Map<String, String> tags(String text) {
        Map<String, String> tags = new HashMap<>();
        if (text != null) {
            Matcher tag = TAG.matcher(text);
            while (tag.find()) {
                tags.put(tag.group(1), tag.group(2));
            }
        }
        return tags;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
