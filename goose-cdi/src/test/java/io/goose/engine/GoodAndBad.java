package io.goose.engine;

import io.goose.JobOptions;
import io.goose.RetryDelay;
import io.goose.spi.Broker;
import java.time.Duration;
import java.util.List;

/** An engine with two jobs: {@code good} succeeds, and {@code bad} fails and is tried again after an hour. */
final class GoodAndBad {

    private GoodAndBad() {}

    static TestEngine.Builder on(Broker broker, ManualClock clock) {
        return TestEngine.on(broker)
                .clock(clock)
                .job("good", arguments -> null)
                .job("bad", tried(), List.of(), arguments -> {
                    throw new IllegalStateException("no");
                });
    }

    private static JobOptions tried() {
        return JobOptions.builder()
                .retryDelay(RetryDelay.fixed(Duration.ofHours(1)))
                .build();
    }
}
