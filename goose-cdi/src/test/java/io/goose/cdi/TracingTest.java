package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.CronEntry;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.WithoutLibrary;
import io.goose.engine.Eventually;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The spans of jobs, with the OpenTelemetry that a server injects. */
@Timeout(180)
class TracingTest {

    private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
    private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("goose.job.attempt");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    @ApplicationScoped
    static class Telemetry {
        @Produces
        @ApplicationScoped
        OpenTelemetry sdk() {
            return OpenTelemetrySdk.builder()
                    .setTracerProvider(SdkTracerProvider.builder()
                            .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                            .build())
                    .build();
        }
    }

    @ApplicationScoped
    static class Studio {
        @Inject
        GooseClient goose;

        @Inject
        JobRun run;

        @Job(retryDelay = "fixed:PT0.001S")
        void develop(String secret) {
            if (run.attempt() == 1) {
                throw new IllegalStateException("no light for " + secret);
            }
            SEEN.add(String.valueOf(Baggage.current().getEntryValue("tenant")));
            goose.performAsync(Studio::print);
        }

        @Job
        void print() {
            SEEN.add("printed");
        }
    }

    @BeforeEach
    void forget() {
        SPANS.reset();
        SEEN.clear();
    }

    private static TestApplication application() {
        return TestApplication.with(Studio.class, Telemetry.class)
                .config("goose.worker.threads", "1")
                .start();
    }

    private static List<SpanData> await(int count) {
        Eventually.until(
                "there are " + count + " spans",
                () -> SPANS.getFinishedSpanItems().size() == count);
        return SPANS.getFinishedSpanItems();
    }

    private static List<SpanData> named(List<SpanData> spans, String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    @Test
    void aRequest_itsJobs_theirRetries_andTheJobsThatTheseEnqueue_areOneTrace() {
        try (TestApplication app = application()) {
            Tracer tracer = app.get(OpenTelemetry.class).getTracer("test");
            Span request = tracer.spanBuilder("request").startSpan();
            Context context = Baggage.builder()
                    .put("tenant", "acme")
                    .build()
                    .storeInContext(Context.root())
                    .with(request);
            GooseClient goose = app.get(GooseClient.class);
            context.wrap(() -> {
                        goose.performAsync(Studio::develop, "hunter2");
                    })
                    .run();
            request.end();
            assertThat(Eventually.next(SEEN)).as("the baggage of the request").isEqualTo("acme");
            assertThat(Eventually.next(SEEN)).isEqualTo("printed");

            List<SpanData> spans = await(6);
            assertThat(spans)
                    .extracting(SpanData::getTraceId)
                    .containsOnly(request.getSpanContext().getTraceId());
            List<SpanData> sends = named(spans, "send default");
            assertThat(sends).hasSize(2).allMatch(span -> span.getKind() == SpanKind.PRODUCER);
            assertThat(sends.get(0).getParentSpanId())
                    .isEqualTo(request.getSpanContext().getSpanId());
            List<SpanData> runs = named(spans, "process default");
            assertThat(runs).hasSize(3).allMatch(span -> span.getKind() == SpanKind.CONSUMER);
            SpanData failed = runs.get(0);
            SpanData retried = runs.get(1);
            assertThat(List.of(failed, retried)).allSatisfy(run -> {
                assertThat(run.getParentSpanId()).isEqualTo(sends.get(0).getSpanId());
                assertThat(run.getLinks())
                        .extracting(link -> link.getSpanContext().getSpanId())
                        .containsExactly(sends.get(0).getSpanId());
            });
            assertThat(failed.getAttributes().get(ATTEMPT)).isEqualTo(1);
            assertThat(retried.getAttributes().get(ATTEMPT)).isEqualTo(2);
            assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(failed.getAttributes().get(ERROR)).isEqualTo("java.lang.IllegalStateException");
            assertThat(retried.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(sends.get(1).getParentSpanId()).isEqualTo(retried.getSpanId());
            assertThat(runs.get(2).getParentSpanId()).isEqualTo(sends.get(1).getSpanId());
            assertThat(runs.get(2).getAttributes().asMap())
                    .containsEntry(AttributeKey.stringKey("messaging.system"), "goose")
                    .containsEntry(AttributeKey.stringKey("messaging.destination.name"), "default")
                    .containsEntry(AttributeKey.stringKey("messaging.operation.type"), "process")
                    .containsKeys(
                            AttributeKey.stringKey("messaging.message.id"),
                            AttributeKey.stringKey("goose.job.handler"));
            assertThat(spans).as("what a span says").noneMatch(span -> span.toString()
                    .contains("hunter2"));
        }
    }

    @Test
    void eachTickOfARecurringJob_beginsATraceOfItsOwn_linkedToItsRegistration() {
        try (TestApplication app = application()) {
            app.get(GooseClient.class).performEvery(CronEntry.named("prints").schedule("* * * * * *"), Studio::print);
            Eventually.next(SEEN);
            SpanContext registered =
                    named(SPANS.getFinishedSpanItems(), "send default").get(0).getSpanContext();
            Eventually.until("the run has ended", () -> !named(SPANS.getFinishedSpanItems(), "process default")
                    .isEmpty());
            SpanData run =
                    named(SPANS.getFinishedSpanItems(), "process default").get(0);
            assertThat(run.getTraceId()).isNotEqualTo(registered.getTraceId());
            assertThat(run.getLinks())
                    .extracting(link -> link.getSpanContext().getSpanId())
                    .containsExactly(registered.getSpanId());
        }
    }

    @Test
    void withoutAnOpenTelemetry_jobsRunWithoutSpansAndHeaders() {
        try (TestApplication app = TestApplication.with(Studio.class).start()) {
            app.get(GooseClient.class).performAsync(Studio::print);
            assertThat(Eventually.next(SEEN)).isEqualTo("printed");
            assertThat(SPANS.getFinishedSpanItems()).isEmpty();
        }
    }

    @Test
    void withoutTheApi_theRestWorks() throws Exception {
        try (WithoutLibrary telemetry = WithoutLibrary.named("io.opentelemetry.", "io.goose.")) {
            assertThat(telemetry.make(PlainApplication.class, Callable.class).call())
                    .isEqualTo("true {}");
        }
    }
}
