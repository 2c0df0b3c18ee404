package io.goose.engine.config;

import io.goose.QueueNames;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.engine.handler.DeclaredLimit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the limits of queues: {@code mail:queue:100/s,imports:key:3+100/s}. */
final class LimitReader {

    private static final Pattern ENTRY =
            Pattern.compile("([^:]+):(queue|key):(?:(\\d{1,7})(?:\\+(\\d{1,7})/([smhd]))?|(\\d{1,7})/([smhd]))");

    private final SettingsReader values;

    LimitReader(SettingsReader values) {
        this.values = values;
    }

    List<DeclaredLimit> read() {
        Optional<String> text = values.text(Keys.LIMITS);
        Map<String, DeclaredLimit> limits = new LinkedHashMap<>();
        for (String entry : text.map(list -> list.split(",", -1)).orElse(new String[0])) {
            DeclaredLimit limit = entry(entry.strip());
            if (limit == null) {
                values.problem("GOOSE-2295: " + Keys.LIMITS + "=" + text.get() + " has the entry '" + entry.strip()
                        + "'; write <queue>:queue:<limit> or <queue>:key:<limit> for each key, where a limit is 3 jobs at"
                        + " a time, 100/s (or /m, /h, /d), or both as 3+100/s");
            } else if (limits.putIfAbsent(limit.queue() + ":" + limit.scope().code(), limit) != null) {
                values.problem("GOOSE-2295: " + Keys.LIMITS + "=" + text.get() + " limits " + limit.scope()
                        + " of queue '" + limit.queue() + "' twice; keep one of them");
            }
        }
        return List.copyOf(limits.values());
    }

    private static @Nullable DeclaredLimit entry(String text) {
        Matcher parts = ENTRY.matcher(text);
        if (!parts.matches() || QueueNames.problem(parts.group(1)).isPresent()) {
            return null;
        }
        boolean rateAlone = parts.group(6) != null;
        int concurrent = rateAlone ? 0 : Integer.parseInt(parts.group(3));
        String jobs = rateAlone ? parts.group(6) : parts.group(4);
        String unit = rateAlone ? parts.group(7) : parts.group(5);
        if ((!rateAlone && concurrent == 0) || (jobs != null && Long.parseLong(jobs) == 0)) {
            return null;
        }
        LimitScope scope = parts.group(2).equals("queue") ? LimitScope.queue() : LimitScope.eachKey();
        try {
            Limit limit = new Limit(
                    concurrent,
                    jobs == null ? 0 : Long.parseLong(jobs),
                    unit == null ? Duration.ofSeconds(1) : period(unit));
            return new DeclaredLimit(parts.group(1), scope, limit, Keys.LIMITS);
        } catch (IllegalArgumentException beyond) { // more than a million
            return null;
        }
    }

    private static Duration period(String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
    }
}
