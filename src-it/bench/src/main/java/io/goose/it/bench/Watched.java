package io.goose.it.bench;

import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.tracing.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import java.util.function.BiConsumer;

/**
 * Goose in a class loader of its own, with all that watches it or with nothing. It is told by strings what to do, for whoever calls it
 * has other classes: {@code enqueue}, {@code execute} and {@code close}, and how many jobs.
 */
public final class Watched implements BiConsumer<String, Integer> {

    private final GooseUnderTest goose;

    /**
     * @param url of a Redis
     * @param statsd where StatsD is, and whether there is any watching at all: empty for none
     */
    public Watched(String url, Integer threads, String statsd) {
        GooseBuilder builder = Goose.builder();
        if (statsd.isEmpty()) {
            builder.config("goose.metrics.sinks", "none");
        } else {
            Tracing tracing = Tracing.of(OpenTelemetry.noop());
            builder.config("goose.metrics.sinks", "statsd")
                    .config("goose.metrics.statsd.address", statsd)
                    .middleware(tracing)
                    .enqueueMiddleware(tracing);
        }
        this.goose = GooseUnderTest.onRedis(url, threads, statsd.isEmpty() ? "unwatched" : "watched", builder);
        goose.start();
    }

    @Override
    public void accept(String what, Integer jobs) {
        switch (what) {
            case "enqueue" -> {
                goose.pause();
                goose.enqueueInBulk(jobs);
            }
            case "execute" -> {
                try {
                    goose.execute(jobs);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(interrupted);
                }
            }
            case "close" -> goose.close();
            default -> throw new IllegalArgumentException(what);
        }
    }
}
