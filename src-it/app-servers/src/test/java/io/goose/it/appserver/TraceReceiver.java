package io.goose.it.appserver;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector of OpenTelemetry: it takes the spans that servers send by HTTP. Thread-safe. */
final class TraceReceiver implements AutoCloseable {

    private final List<Seen> spans = new CopyOnWriteArrayList<>();
    private final OtlpReceiver receiver;

    /**
     * A span that has ended.
     *
     * @param parent empty if it has none
     * @param links the spans that it is linked to
     */
    record Seen(
            String trace,
            String id,
            String parent,
            String name,
            Span.SpanKind kind,
            boolean failed,
            Map<String, String> attributes,
            List<String> links) {

        /** An attribute as text; empty if it has none of that name. */
        String attribute(String key) {
            return attributes.getOrDefault(key, "");
        }
    }

    TraceReceiver() throws IOException {
        receiver = new OtlpReceiver(
                "/v1/traces",
                Map.of(
                        "OTEL_BSP_SCHEDULE_DELAY", "200",
                        "OTEL_TRACES_SAMPLER", "always_on",
                        "OTEL_TRACES_EXPORTER", "otlp"),
                this::take);
    }

    /** What tells a server to send its spans here, soon, and nothing else. */
    Map<String, String> environment() {
        return receiver.environment();
    }

    /** All that have come. */
    List<Seen> spans() {
        return List.copyOf(spans);
    }

    private void take(byte[] request) throws IOException {
        for (ResourceSpans resource :
                ExportTraceServiceRequest.parseFrom(request).getResourceSpansList()) {
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                scope.getSpansList().forEach(span -> spans.add(seen(span)));
            }
        }
    }

    private static Seen seen(Span span) {
        Map<String, String> attributes = new HashMap<>();
        for (KeyValue attribute : span.getAttributesList()) {
            attributes.put(attribute.getKey(), text(attribute.getValue()));
        }
        return new Seen(
                hex(span.getTraceId()),
                hex(span.getSpanId()),
                hex(span.getParentSpanId()),
                span.getName(),
                span.getKind(),
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
                Map.copyOf(attributes),
                span.getLinksList().stream().map(link -> hex(link.getSpanId())).toList());
    }

    private static String text(AnyValue value) {
        return value.hasStringValue() ? value.getStringValue() : Long.toString(value.getIntValue());
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Override
    public void close() {
        receiver.close();
    }
}
