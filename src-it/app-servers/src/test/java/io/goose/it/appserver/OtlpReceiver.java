package io.goose.it.appserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/** A collector of OpenTelemetry: it takes metrics that are sent by HTTP, and keeps the last value of each. */
final class OtlpReceiver implements AutoCloseable {

    private final Map<Key, Double> last = new ConcurrentHashMap<>();
    private final HttpServer server;

    private record Key(String name, Map<String, String> tags) {}

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/metrics", this::take);
        server.start();
    }

    /** What tells a server to send its metrics here, often, and nothing else. */
    Map<String, String> environment() {
        return Map.of(
                "OTEL_SDK_DISABLED", "false",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                "OTEL_METRIC_EXPORT_INTERVAL", "500",
                "OTEL_METRICS_EXPORTER", "otlp",
                "OTEL_TRACES_EXPORTER", "none",
                "OTEL_LOGS_EXPORTER", "none");
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = exchange.getRequestBody()) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            byte[] request = zipped ? new GZIPInputStream(body).readAllBytes() : body.readAllBytes();
            for (Sample sample : OtlpMetrics.samples(request)) {
                last.put(new Key(sample.name(), sample.tags()), sample.value());
            }
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** The last value of each. */
    List<Sample> samples() {
        List<Sample> all = new ArrayList<>();
        last.forEach((key, value) -> all.add(new Sample(key.name(), key.tags(), value)));
        return all;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
