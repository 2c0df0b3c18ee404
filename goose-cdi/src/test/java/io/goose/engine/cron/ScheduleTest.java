package io.goose.engine.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.CronEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    private static final String PARIS = "Europe/Paris";

    private static Schedule schedule(String text, String zone) {
        return Schedule.of(CronEntry.named("x").schedule(text).zone(zone));
    }

    /** The ticks that follow a moment, as they are written with their offset. */
    private static List<String> after(String moment, String text, String zone, int count) {
        Schedule schedule = schedule(text, zone);
        List<String> ticks = new ArrayList<>();
        Instant last = Instant.parse(moment);
        for (int i = 0; i < count; i++) {
            Instant next = schedule.next(last).orElseThrow();
            assertThat(next).isAfter(last);
            ticks.add(next.atZone(ZoneId.of(zone)).toOffsetDateTime().toString());
            last = next;
        }
        return ticks;
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            */15 * * * *;        2026-03-04T05:06:07Z;      2026-03-04T05:15Z
            0 3 * * *;           2026-03-04T03:00:00Z;      2026-03-05T03:00Z
            0 3 * * *;           2026-03-04T02:59:59.999Z;  2026-03-04T03:00Z
            30 0 9 * * MON-FRI;  2026-03-06T10:00:00Z;      2026-03-09T09:00:30Z
            */10 * * * * *;      2026-03-04T05:06:10.500Z;  2026-03-04T05:06:20Z
            * * * * * *;         2026-03-04T05:06:10Z;      2026-03-04T05:06:11Z
            0 0 29 2 *;          2026-03-04T00:00:00Z;      2028-02-29T00:00Z
            0 0 31 * *;          2026-04-01T00:00:00Z;      2026-05-31T00:00Z
            0 12 13 * FRI;       2026-03-04T00:00:00Z;      2026-03-06T12:00Z
            0 0 * * 7;           2026-03-04T00:00:00Z;      2026-03-08T00:00Z
            0 0 * * 0;           2026-03-04T00:00:00Z;      2026-03-08T00:00Z
            5,10 8-10/2 * 6 *;   2026-06-01T08:05:00Z;      2026-06-01T08:10Z
            @hourly;             2026-03-04T05:06:07Z;      2026-03-04T06:00Z
            @daily;              2026-03-04T05:06:07Z;      2026-03-05T00:00Z
            @midnight;           2026-03-04T05:06:07Z;      2026-03-05T00:00Z
            @weekly;             2026-03-04T05:06:07Z;      2026-03-08T00:00Z
            @monthly;            2026-03-04T05:06:07Z;      2026-04-01T00:00Z
            @Yearly;             2026-03-04T05:06:07Z;      2027-01-01T00:00Z
            @annually;           2026-03-04T05:06:07Z;      2027-01-01T00:00Z
            """)
    void theNextTick_isThatOfTheExpression(String text, String after, String expected) {
        assertThat(after(after, text, "UTC", 1)).containsExactly(expected);
    }

    @Test
    void aTime_isThatOfTheZone() {
        assertThat(after("2026-03-04T05:00:00Z", "0 3 * * *", PARIS, 1)).containsExactly("2026-03-05T03:00+01:00");
        assertThat(after("2026-03-04T05:00:00Z", "0 3 * * *", "Asia/Kathmandu", 1))
                .containsExactly("2026-03-05T03:00+05:45");
        assertThat(after("2026-03-04T05:00:00Z", "0 3 * * *", "-09:30", 1)).containsExactly("2026-03-04T03:00-09:30");
    }

    @Test
    @DisplayName("clocks are put forward: a tick in the hour that is left out comes at its end, once")
    void inTheGap_aTickComesAtItsEnd() {
        assertThat(after("2026-03-28T12:00:00Z", "30 2 * * *", PARIS, 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(after("2026-03-28T12:00:00Z", "*/20 2 * * *", PARIS, 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
        assertThat(after("2026-03-28T12:00:00Z", "0 2,3 * * *", PARIS, 3))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00", "2026-03-30T03:00+02:00");
        assertThat(after("2026-03-29T00:30:00Z", "30 2 29 3 *", PARIS, 2))
                .containsExactly("2026-03-29T03:00+02:00", "2027-03-29T02:30+02:00");
    }

    @Test
    void inTheGap_whatRunsEveryHourLeavesNothingOutAndMakesUpForNothing() {
        assertThat(after("2026-03-28T23:45:00Z", "30 * * * *", PARIS, 3))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", "2026-03-29T04:30+02:00");
        assertThat(after("2026-03-29T00:59:59Z", "* * * * *", PARIS, 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-29T03:01+02:00");
    }

    @Test
    @DisplayName("clocks are put back: a tick in the hour that comes twice comes the first time alone")
    void inTheOverlap_aTickComesOnce() {
        assertThat(after("2026-10-24T12:00:00Z", "30 2 * * *", PARIS, 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(after("2026-10-24T12:00:00Z", "0 2,3 * * *", PARIS, 3))
                .containsExactly("2026-10-25T02:00+02:00", "2026-10-25T03:00+01:00", "2026-10-26T02:00+01:00");
        assertThat(after("2026-10-25T01:10:00Z", "30 2 * * *", PARIS, 1)).containsExactly("2026-10-26T02:30+01:00");
        assertThat(after("2026-10-25T00:55:00Z", "* 2 * * *", PARIS, 6).get(5)).isEqualTo("2026-10-26T02:01+01:00");
    }

    @Test
    void inTheOverlap_whatRunsEveryHourRunsInBoth() {
        assertThat(after("2026-10-24T23:45:00Z", "30 * * * *", PARIS, 4))
                .containsExactly(
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:30+01:00",
                        "2026-10-25T04:30+01:00");
        assertThat(after("2026-10-25T00:50:00Z", "*/15 */1 * * *", PARIS, 2))
                .containsExactly("2026-10-25T02:00+01:00", "2026-10-25T02:15+01:00");
    }

    @Test
    @DisplayName("a day whose midnight is left out has its tick")
    void aGapAtMidnight() {
        assertThat(after("2026-04-23T12:00:00Z", "@daily", "Africa/Cairo", 2))
                .containsExactly("2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00");
    }

    @Test
    @DisplayName("over two years no day in any of these zones is without its tick, and none has two")
    void eachDay_hasOneTick() {
        for (String zone :
                List.of(PARIS, "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo", "America/New_York")) {
            for (String text : List.of("30 0 * * *", "30 1 * * *", "15 2 * * *", "0 23 * * *")) {
                Schedule schedule = schedule(text, zone);
                Instant last = Instant.parse("2025-01-01T12:00:00Z");
                for (int day = 0; day < 730; day++) {
                    Instant next = schedule.next(last).orElseThrow();
                    if (day > 0) {
                        assertThat(Duration.between(last, next))
                                .as("%s in %s after %s", text, zone, last)
                                .isBetween(Duration.ofHours(22), Duration.ofHours(26));
                    }
                    last = next;
                }
            }
        }
    }

    @Test
    @DisplayName("R23: what never comes has no next tick")
    void whatNeverComes_hasNoTick() {
        Instant now = Instant.parse("2026-03-04T05:06:07Z");
        assertThat(schedule("0 0 30 2 *", PARIS).next(now)).isEmpty();
        assertThat(schedule("0 0 0 31 4,6,9,11 *", "UTC").next(now)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "0 0 0 * *",
                "0 0 32 * *",
                "0 0 * 13 *",
                "0 0 * * 8",
                "a b c d e",
                "0 0 ? * *",
                "@reboot",
                "0 0 * * MON|TUE",
                "10-5 * * * *",
                "*/0 * * * *"
            })
    void whatIsNoExpression_isRefusedWithItsMend(String text) {
        assertThatThrownBy(() -> schedule(text, "UTC"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2221: cron entry 'x' has the schedule '" + text + "'")
                .hasMessageContaining("@daily");
    }

    @Test
    void theLatestTicks_areFoundHoweverLongItHasBeen() {
        Schedule eachSecond = schedule("* * * * * *", "UTC");
        Instant first = Instant.parse("2020-01-01T00:00:00Z");
        Instant now = Instant.parse("2026-03-04T05:06:07.500Z");

        assertThat(eachSecond.latest(first, now, 3))
                .containsExactly(
                        Instant.parse("2026-03-04T05:06:05Z"),
                        Instant.parse("2026-03-04T05:06:06Z"),
                        Instant.parse("2026-03-04T05:06:07Z"));
        assertThat(eachSecond.latest(Instant.parse("2026-03-04T05:06:06Z"), now, 500))
                .hasSize(2);
        assertThat(eachSecond.latest(now.plusMillis(1), now, 5)).isEmpty();
        assertThat(schedule("@yearly", "UTC").latest(first, now, 500))
                .hasSize(7)
                .startsWith(first);
        assertThat(schedule("@yearly", "UTC").latest(first, now, 2))
                .containsExactly(Instant.parse("2025-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Why times of day are worked out here and the library is asked in UTC alone (ADR 0035). */
    @Test
    void theLibrary_isAskedForLocalTimesOnly() {
        Expression expression = Expression.parse("30 2 * * *");

        assertThat(expression.next(LocalDateTime.parse("2026-03-28T12:00"))).isEqualTo("2026-03-29T02:30");
        assertThat(expression.isEveryHour()).isFalse();
        assertThat(Expression.parse("0 30 * * * *").isEveryHour()).isTrue();
        assertThat(Optional.ofNullable(Expression.parse("0 0 30 2 *").next(LocalDateTime.parse("2026-03-28T12:00"))))
                .isEmpty();
    }
}
