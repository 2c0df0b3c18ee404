package io.goose.health;

import io.goose.GooseHealth;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The checks, each with the same data: what is wrong is seen in any of them. Thread-safe; they do no I/O, so that a broker that
 * is away cannot delay them.
 */
public final class HealthChecks {

    private static final String LIVE = "goose-live";
    private static final String READY = "goose-ready";
    private static final String STARTED = "goose-started";

    private HealthChecks() {}

    /** Down when a loop has died, which only a restart mends; an outage of a broker is none of its affairs. */
    public static HealthCheck liveness(Supplier<GooseHealth> health) {
        return check(LIVE, health, GooseHealth::isLive);
    }

    /**
     * Down while the application stops.
     *
     * @param longest also down when a broker has been silent to a worker for longer; null for never
     */
    public static HealthCheck readiness(Supplier<GooseHealth> health, Supplier<@Nullable Duration> longest) {
        return check(READY, health, now -> {
            Duration most = longest.get();
            return most == null ? now.isReady() : now.isReady(most);
        });
    }

    /** Down until every worker that runs has reached its broker once. */
    public static HealthCheck startup(Supplier<GooseHealth> health) {
        return check(STARTED, health, GooseHealth::isStarted);
    }

    private static HealthCheck check(String name, Supplier<GooseHealth> health, Predicate<GooseHealth> isUp) {
        return () -> {
            GooseHealth now = health.get();
            HealthCheckResponseBuilder response =
                    HealthCheckResponse.named(name).status(isUp.test(now));
            response.withData("phase", now.phase().name());
            now.brokers().forEach((broker, of) -> describe(response, broker, of));
            return response.build();
        };
    }

    private static void describe(HealthCheckResponseBuilder response, String name, GooseHealth.OfBroker broker) {
        if (!broker.works()) {
            response.withData(name, "no worker");
            return;
        }
        response.withData(name, broker.connected() ? "connected" : broker.connectedOnce() ? "lost" : "not reached yet");
        Map<String, Long> numbers = Map.of(
                ".lastBeatMillis",
                broker.sinceLastBeat().toMillis(),
                ".lagMillis",
                broker.lag().toMillis(),
                ".ledgerLagMillis",
                broker.ledgerLag().toMillis(),
                ".loops",
                (long) broker.loops(),
                ".inProgress",
                (long) broker.inProgress(),
                ".unwritten",
                (long) broker.unwritten());
        numbers.forEach((key, value) -> response.withData(name + key, value));
        response.withData(name + ".deadLoops", String.join(",", broker.deadLoops()));
    }
}
