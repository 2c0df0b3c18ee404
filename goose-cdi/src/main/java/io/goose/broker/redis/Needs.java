package io.goose.broker.redis;

import io.goose.spi.SessionSpec;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What jobs need and sessions announce, as it is stored: lines, so that a line feed or another control character, which a
 * foreign producer may have put into a name, is written as a percent sign and its code.
 */
final class Needs {

    private Needs() {}

    static String stored(String need) {
        if (need.chars().noneMatch(c -> c == '%' || Character.isISOControl(c))) {
            return need;
        }
        StringBuilder text = new StringBuilder(need.length() + 8);
        for (int i = 0; i < need.length(); i++) {
            char c = need.charAt(i);
            if (c == '%' || Character.isISOControl(c)) {
                text.append('%').append(String.format("%02X", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** A session's wish with what it announced as it is stored. */
    static SessionSpec stored(SessionSpec spec) {
        Set<String> announced = spec.announced().stream().map(Needs::stored).collect(Collectors.toUnmodifiableSet());
        return new SessionSpec(
                spec.queues(),
                spec.threads(),
                spec.exposure(),
                announced,
                spec.lease(),
                spec.heartbeat(),
                spec.host(),
                spec.measures());
    }
}
