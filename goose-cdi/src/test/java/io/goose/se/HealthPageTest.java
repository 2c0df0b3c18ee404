package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseHealth;
import io.goose.engine.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of the page about health: when it changes, so does {@code docs/health.md}. */
@Timeout(60)
class HealthPageTest {

    /** Whoever is to be woken. */
    private static final class Alarm {
        private final List<String> raised = new ArrayList<>();

        void raise(String why) {
            raised.add(why);
        }
    }

    private static void check(Goose goose, Alarm alarm) {
        GooseHealth health = goose.health();
        if (!health.isLive() || !health.isReady(Duration.ofMinutes(1))) {
            alarm.raise(health.toString());
        }
    }

    @Test
    void theExample_doesWhatThePageSays() {
        Alarm alarm = new Alarm();
        try (Goose goose = Goose.builder()
                .config("goose.broker.main.kind", "memory")
                .build()
                .start()) {
            Eventually.until("it has begun", () -> goose.health().isStarted());
            check(goose, alarm);
            assertThat(alarm.raised).isEmpty();

            goose.close();
            check(goose, alarm);
            assertThat(alarm.raised).singleElement().asString().contains("STOPPED");
        }
    }
}
