package io.goose.it.appserver;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Asks the applications of a server. Thread-safe. */
final class Requests {

    /** Long enough for a request that waits for a transaction of another one. */
    private static final Duration LIMIT = Duration.ofSeconds(120);

    // Open Liberty can stall on several requests in one connection of HTTP 2.
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI root;

    Requests(URI root) {
        this.root = root;
    }

    /** Posts and returns the answer. */
    String post(String path) throws IOException {
        return send(HttpRequest.newBuilder(root.resolve(path)).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Posts; the answer comes later, if ever. */
    CompletableFuture<String> posting(String path) {
        HttpRequest request = HttpRequest.newBuilder(root.resolve(path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .timeout(LIMIT)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    /** Gets the answer. */
    String get(String path) throws IOException {
        return send(HttpRequest.newBuilder(root.resolve(path)).GET());
    }

    /** Gets the answer, whatever its status. */
    String whatever(String path) throws IOException {
        return answer(HttpRequest.newBuilder(root.resolve(path)).GET()).body();
    }

    private String send(HttpRequest.Builder request) throws IOException {
        URI uri = request.copy().build().uri();
        HttpResponse<String> answer = answer(request);
        if (answer.statusCode() != 200) {
            throw new IOException(uri + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private HttpResponse<String> answer(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
