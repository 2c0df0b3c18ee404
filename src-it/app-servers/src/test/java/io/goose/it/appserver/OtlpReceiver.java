package io.goose.it.appserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A collector of OpenTelemetry: it takes one kind of what servers send by HTTP. */
final class OtlpReceiver implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, String> settings;
    private final Taker taker;

    /** What takes a request's body, on threads of the receiver. */
    @FunctionalInterface
    interface Taker {
        void take(byte[] body) throws IOException;
    }

    /**
     * @param path where the protocol sends this kind
     * @param settings what tells a server to send it, beside where
     */
    OtlpReceiver(String path, Map<String, String> settings, Taker taker) throws IOException {
        this.settings = Map.copyOf(settings);
        this.taker = taker;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(path, this::take);
        server.start();
    }

    /** What tells a server to send here, and nothing else than the settings say. */
    Map<String, String> environment() {
        Map<String, String> all = new HashMap<>(Map.of(
                "OTEL_SDK_DISABLED", "false",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                "OTEL_METRICS_EXPORTER", "none",
                "OTEL_TRACES_EXPORTER", "none",
                "OTEL_LOGS_EXPORTER", "none"));
        all.putAll(settings);
        return Map.copyOf(all);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = exchange.getRequestBody()) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            taker.take(zipped ? new GZIPInputStream(body).readAllBytes() : body.readAllBytes());
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
