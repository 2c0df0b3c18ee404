package io.goose.tracing;

import io.goose.Discard;
import io.goose.EnqueueInvocation;
import io.goose.EnqueueMiddleware;
import io.goose.JobInvocation;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.Middleware;
import io.goose.QueueNames;
import io.goose.Snooze;
import io.goose.job.JobId;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A span for each enqueue and one for each run of a job, in one trace; the headers of the job carry the context, as W3C says.
 *
 * <p>On a server this is a bean by itself and takes the server's {@link OpenTelemetry}; in Java SE give one to both {@code
 * middleware} and {@code enqueueMiddleware}, first. Thread-safe. Without an {@link OpenTelemetry} it does nothing.
 *
 * @since 0.1
 */
public class Tracing implements Middleware, EnqueueMiddleware {

    private static final String NAME = "io.goose";
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("messaging.message.id");
    private static final AttributeKey<String> BROKER = AttributeKey.stringKey("goose.broker");
    private static final AttributeKey<String> HANDLER = AttributeKey.stringKey("goose.job.handler");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("goose.job.attempt");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    // Whatever propagators a server is set to: who reads the headers need not know that.
    private static final TextMapPropagator W3C =
            TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

    private static final TextMapGetter<Map<String, String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String key) {
            return headers == null ? null : headers.get(key);
        }
    };

    private final @Nullable Tracer tracer; // null where there is nothing to trace with

    /** For the container's proxy. */
    protected Tracing() {
        this.tracer = null;
    }

    /** With what the server injects, if it injects one. */
    @Inject
    protected Tracing(Instance<OpenTelemetry> telemetry) {
        this(telemetry.isResolvable() ? telemetry.get() : null);
    }

    private Tracing(@Nullable OpenTelemetry telemetry) {
        // One that is switched off, as on a server that has the feature and is not told to use it, is as good as none.
        this.tracer = telemetry == null || telemetry.getTracerProvider() == TracerProvider.noop()
                ? null
                : telemetry.getTracer(NAME);
    }

    /** With an OpenTelemetry of the program's own. */
    public static Tracing of(OpenTelemetry telemetry) {
        return new Tracing(telemetry);
    }

    @Override
    @SuppressWarnings("try") // the scope is not asked for anything
    public JobId around(EnqueueInvocation invocation) {
        Tracer present = tracer;
        if (present == null) {
            return invocation.proceed();
        }
        String queue = invocation
                .options()
                .queue()
                .or(() -> invocation.declared().queue())
                .orElse(QueueNames.DEFAULT);
        Span span = describe(present.spanBuilder("send " + queue), queue, "send", "send")
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute(BROKER, invocation.broker())
                .setAttribute(HANDLER, invocation.call().handler())
                .startSpan();
        try (Scope scope = span.makeCurrent()) {
            JobOptions.Builder headers = JobOptions.builder();
            W3C.inject(Context.current(), headers, (carrier, name, value) -> {
                if (carrier != null) {
                    carrier.header(name, value);
                }
            });
            JobId id = invocation.proceed(invocation.call(), headers.build().or(invocation.options()));
            span.setAttribute(MESSAGE, id.toString());
            return id;
        } catch (RuntimeException | Error failed) {
            failed(span, failed);
            throw failed;
        } finally {
            span.end();
        }
    }

    @Override
    @SuppressWarnings("try")
    public @Nullable Object around(JobInvocation invocation) throws Throwable {
        Tracer present = tracer;
        if (present == null) {
            return invocation.proceed();
        }
        JobRun run = invocation.run();
        Context sent = W3C.extract(Context.root(), run.headers(), HEADERS);
        SpanContext producer = Span.fromContext(sent).getSpanContext();
        SpanBuilder builder = describe(present.spanBuilder("process " + run.queue()), run.queue(), "process", "process")
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(isOfMany(run) ? sent.with(Span.getInvalid()) : sent)
                .setAttribute(MESSAGE, run.id().toString())
                .setAttribute(HANDLER, run.handler())
                .setAttribute(ATTEMPT, (long) run.attempt());
        if (producer.isValid()) {
            builder.addLink(producer);
        }
        Span span = builder.startSpan();
        try (Scope scope = sent.with(span).makeCurrent()) {
            return invocation.proceed();
        } catch (Discard | Snooze wish) { // what the job asks for is no failure
            throw wish;
        } catch (Throwable failed) {
            failed(span, failed);
            throw failed;
        } finally {
            span.end();
        }
    }

    /** One enqueue that makes many jobs would make one trace of all of them: each of these begins one, with a link. */
    private static boolean isOfMany(JobRun run) {
        return run.tick().isPresent() || run.batch().isPresent();
    }

    private static SpanBuilder describe(SpanBuilder span, String queue, String operation, String type) {
        return span.setAttribute(SYSTEM, "goose")
                .setAttribute(DESTINATION, queue)
                .setAttribute(OPERATION, operation)
                .setAttribute(OPERATION_TYPE, type);
    }

    /** Without the message, which may quote an argument. */
    private static void failed(Span span, Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(ERROR, failure.getClass().getName());
    }
}
