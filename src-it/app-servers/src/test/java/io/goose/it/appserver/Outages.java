package io.goose.it.appserver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The outages of loops that a log tells of and that are over. */
final class Outages {

    private static final Pattern LINE = Pattern.compile("GOOSE-4001: the loop (\\S+) (failed|has failed|works again)");
    private static final Pattern END = Pattern.compile("works again after (\\d+) failures in (\\d+) s");

    private Outages() {}

    /**
     * One of them.
     *
     * @param lines how many lines were logged of it, the last included
     * @param failures how many there were, as the last says
     * @param seconds how long it took, as the last says
     */
    record Outage(String loop, int lines, int failures, int seconds) {}

    static List<Outage> in(List<String> messages) {
        Map<String, Integer> lines = new HashMap<>();
        List<Outage> over = new ArrayList<>();
        for (String message : messages) {
            Matcher line = LINE.matcher(message);
            if (line.find()) {
                int count = lines.merge(line.group(1), 1, Integer::sum);
                Matcher end = END.matcher(message);
                if (end.find()) {
                    lines.remove(line.group(1));
                    over.add(new Outage(
                            line.group(1), count, Integer.parseInt(end.group(1)), Integer.parseInt(end.group(2))));
                }
            }
        }
        return over;
    }
}
