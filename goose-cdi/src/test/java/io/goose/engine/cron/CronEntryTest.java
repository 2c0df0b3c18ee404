package io.goose.engine.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.CronEntry;
import io.goose.CronEntry.Missed;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronEntryTest {

    @Test
    @DisplayName("6.4 cron-registration-test: the zone is that of the process unless one is given")
    void whatIsNotSaid_isTheDefault() {
        CronEntry entry = CronEntry.named("x").schedule(" 0 3 * * * ");

        assertThat(entry.zone()).isEqualTo(ZoneId.systemDefault());
        assertThat(entry.schedule()).isEqualTo("0 3 * * *");
        assertThat(entry.missed()).isEqualTo(Missed.ONCE);
        assertThat(entry.overlap()).isEqualTo(CronEntry.Overlap.ALLOW);
        assertThat(entry.jitter()).isZero();
        assertThat(entry.missedAll(3))
                .extracting(CronEntry::missed, CronEntry::most)
                .containsExactly(Missed.ALL, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "\u0000"})
    @DisplayName("6.10: bad names are refused")
    void badNames_areRefused(String name) {
        assertThatThrownBy(() -> CronEntry.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2220")
                .hasMessageContaining("give 1 to 200 characters");
    }

    @Test
    void aNameThatIsTooLong_isRefused() {
        assertThat(CronEntry.named("x".repeat(200)).name()).hasSize(200);
        assertThatThrownBy(() -> CronEntry.named("x".repeat(201))).hasMessageStartingWith("GOOSE-2220");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mars/Olympus", "", "europe/paris", "CEST/x"})
    void badZones_areRefused(String zone) {
        assertThatThrownBy(() -> CronEntry.named("x").zone(zone))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2222: cron entry 'x' has the zone '" + zone + "'")
                .hasMessageContaining("Europe/Paris");
    }

    @Test
    void badNumbers_areRefused() {
        CronEntry entry = CronEntry.named("x");

        assertThatThrownBy(() -> entry.missedAll(0)).hasMessageStartingWith("GOOSE-2225");
        assertThatThrownBy(() -> entry.missedAll(501)).hasMessageStartingWith("GOOSE-2225");
        assertThatThrownBy(() -> entry.jitter(Duration.ofMillis(-1))).hasMessageStartingWith("GOOSE-2224");
        assertThatThrownBy(() -> entry.jitter(Duration.ofDays(1).plusMillis(1))).hasMessageStartingWith("GOOSE-2224");
    }
}
