package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.engine.Eventually;
import io.goose.tracing.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of the page about tracing: when it changes, so does {@code docs/tracing.md}. */
@Timeout(60)
class TracingPageTest {

    static class Studio {
        @Job(queue = "photos")
        public void develop() {}
    }

    @Test
    void theExample_doesWhatThePageSays() {
        InMemorySpanExporter exported = InMemorySpanExporter.create();
        OpenTelemetry openTelemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exported))
                        .build())
                .build();

        Tracing tracing = Tracing.of(openTelemetry);
        try (Goose goose = Goose.builder()
                .middleware(tracing)
                .enqueueMiddleware(tracing)
                .config("goose.broker.main.kind", "memory")
                .config("goose.worker.queues", "photos")
                .register(new Studio())
                .build()
                .start()) {
            goose.client().performAsync(Studio::develop);

            Eventually.until(
                    "both spans have ended",
                    () -> exported.getFinishedSpanItems().size() == 2);
            List<SpanData> spans = exported.getFinishedSpanItems();
            assertThat(spans).extracting(SpanData::getName).containsExactlyInAnyOrder("send photos", "process photos");
            assertThat(spans.get(0).getTraceId()).isEqualTo(spans.get(1).getTraceId());
        }
    }
}
