package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.Sensitive;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the page about logging: when they change, so does {@code docs/logging.md}. */
@Timeout(60)
class LoggingPageTest {

    private static final String CARD = "4012888888881881";

    static class Till {
        @Job(maxRetries = 0)
        public void charge(String order, @Sensitive String card) {
            throw new IllegalStateException("order " + order + " is not paid by " + card);
        }
    }

    private static String log(String logArguments) {
        try (LogCapture log = LogCapture.open();
                Goose goose = Goose.builder()
                        .config("goose.broker.main.kind", "memory")
                        .config("goose.log.arguments", logArguments)
                        .register(new Till())
                        .build()
                        .start()) {
            goose.client().performAsync(Till::charge, "A-1001", CARD);
            Eventually.until("it has died", () -> log.count("GOOSE-4105") == 1);
            return log.printed();
        }
    }

    @Test
    void argumentsAreNotLogged() {
        assertThat(log("false")).contains("order *** is not paid by ***").doesNotContain("A-1001", CARD);
    }

    @Test
    void whereTheyAreWanted_theSensitiveOnesAreNot() {
        assertThat(log("true"))
                .contains("with [\"A-1001\", ***] died", "order A-1001 is not paid by ***")
                .doesNotContain(CARD);
    }
}
