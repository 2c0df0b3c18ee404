package io.goose.engine.cron;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression, in local times. The library reads it and finds the next time; it is asked in UTC alone, for in zones with
 * daylight saving it gives ticks twice, late or in the past (ADR 0035). What a local time is in a zone {@link Schedule} says.
 * Immutable.
 */
final class Expression {

    private static final Map<String, String> MACROS = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    private static final Set<String> EVERY = Set.of("*", "*/1", "0-23");

    private static final CronDefinition DEFINITION = CronDefinitionBuilder.defineCron()
            .withSeconds()
            .withStrictRange()
            .and()
            .withMinutes()
            .withStrictRange()
            .and()
            .withHours()
            .withStrictRange()
            .and()
            .withDayOfMonth()
            .withStrictRange()
            .and()
            .withMonth()
            .withStrictRange()
            .and()
            .withDayOfWeek()
            .withValidRange(0, 7)
            .withMondayDoWValue(1)
            .withIntMapping(7, 0)
            .withStrictRange()
            .and()
            .instance();

    private final ExecutionTime times;
    private final boolean everyHour;

    private Expression(ExecutionTime times, boolean everyHour) {
        this.times = times;
        this.everyHour = everyHour;
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException if it is none; the message says why, without a code
     */
    static Expression parse(String text) {
        String plain = text.strip();
        if (plain.startsWith("@")) {
            String known = MACROS.get(plain.toLowerCase(Locale.ROOT));
            if (known == null) {
                throw new IllegalArgumentException(
                        "the words are @yearly, @annually, @monthly, @weekly, @daily, @midnight" + " and @hourly");
            }
            plain = known;
        }
        String[] fields = plain.split("\\s+", -1);
        if (fields.length != 5 && fields.length != 6) {
            throw new IllegalArgumentException(
                    "it has " + (plain.isEmpty() ? 0 : fields.length) + " fields, not five, or six with seconds");
        }
        if (plain.indexOf('|') >= 0) { // the library knows several expressions in one, with rules of their own
            throw new IllegalArgumentException("it has a |; make an entry for each of several schedules");
        }
        String six = (fields.length == 5 ? "0 " : "") + String.join(" ", fields);
        try {
            ExecutionTime times = ExecutionTime.forCron(new CronParser(DEFINITION).parse(six));
            return new Expression(times, EVERY.contains(fields[fields.length - 4]));
        } catch (RuntimeException wrong) { // the library throws several kinds
            throw new IllegalArgumentException(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /** Whether it says nothing of the hour, so that it goes by the time that passes rather than by the clock on the wall. */
    boolean isEveryHour() {
        return everyHour;
    }

    /** The next local time that is after this one; null if there is none within a century. */
    @Nullable LocalDateTime next(LocalDateTime after) {
        return times.nextExecution(after.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .orElse(null);
    }
}
