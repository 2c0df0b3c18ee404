package io.goose.examples.run;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Does what a visitor of the page does, through the same requests. */
final class StudioVisitor {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** One task of a photo, as the page shows it. */
    record Task(String name, String state, int attempt, String note) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI api;

    StudioVisitor(int port) {
        this.api = URI.create("http://localhost:" + port + "/api/");
    }

    String openShoot() throws IOException, InterruptedException {
        return object(send("POST", "shoots", new byte[0], 200)).getString("id");
    }

    void endShoot(String shoot) throws IOException, InterruptedException {
        send("POST", "shoots/" + shoot + "/end", new byte[0], 204);
    }

    /** Brings a file. */
    String bring(String shoot, String name, byte[] content) throws IOException, InterruptedException {
        return object(send("POST", "shoots/" + shoot + "/photos?name=" + name, content, 201))
                .getString("id");
    }

    byte[] picture(String photo, int size) throws IOException, InterruptedException {
        return send("GET", "gallery/" + photo + "/thumbnail-" + size + ".jpg", null, 200);
    }

    JsonObject gallery() throws IOException, InterruptedException {
        return object(send("GET", "gallery", null, 200));
    }

    /** The ids of the dead jobs, as the broker has them. */
    List<String> dead() throws IOException, InterruptedException {
        return object(send("GET", "broker", null, 200)).getJsonArray("dead").stream()
                .map(d -> d.asJsonObject().getString("job"))
                .toList();
    }

    void replay(String job) throws IOException, InterruptedException {
        send("POST", "broker/dead/" + job, new byte[0], 204);
    }

    /** What the notices that wait are about, as the broker has them. */
    List<String> due() throws IOException, InterruptedException {
        return object(send("GET", "broker", null, 200)).getJsonArray("due").stream()
                .map(d -> d.asJsonObject().getString("about"))
                .toList();
    }

    /** Waits until one of them is about this; while its photos are developed, it is looked at again and again. */
    void awaitDue(String about) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!due().contains(about)) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("no notice about " + about + " waits");
            }
            Thread.sleep(100);
        }
    }

    /** The message with which a replay is refused. */
    String replayInVain(String job) throws IOException, InterruptedException {
        return object(send("POST", "broker/dead/" + job, new byte[0], 404)).getString("message");
    }

    void discard(String job) throws IOException, InterruptedException {
        send("DELETE", "broker/dead/" + job, null, 204);
    }

    /** Waits until all tasks of a photo are as wanted. */
    List<Task> await(String photo, Predicate<List<Task>> wanted) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (; ; ) {
            List<Task> tasks = tasks(photo);
            if (wanted.test(tasks)) {
                return tasks;
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("photo " + photo + " is still at " + tasks);
            }
            Thread.sleep(100);
        }
    }

    /** Waits for the notice about a shoot. */
    String awaitNotice(String shoot) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (; ; ) {
            Optional<String> notice = gallery().getJsonArray("notices").stream()
                    .map(JsonValue::asJsonObject)
                    .filter(n -> n.getString("id").equals(shoot))
                    .map(n -> n.getString("text"))
                    .findFirst();
            if (notice.isPresent()) {
                return notice.get();
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("there is no notice about " + shoot + " in " + gallery());
            }
            Thread.sleep(100);
        }
    }

    /** What Goose does beside running jobs, as the page shows it. */
    JsonObject workings() throws IOException, InterruptedException {
        return object(send("GET", "workings", null, 200));
    }

    /** Waits until that is as wanted. */
    JsonObject awaitWorkings(Predicate<JsonObject> wanted) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (; ; ) {
            JsonObject workings = workings();
            if (wanted.test(workings)) {
                return workings;
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("the workings are still " + workings);
            }
            Thread.sleep(100);
        }
    }

    /** The batch of a shoot; empty if there is none. */
    static Optional<JsonObject> batch(JsonObject workings, String shoot) {
        return workings.getJsonArray("batches").stream()
                .map(JsonValue::asJsonObject)
                .filter(batch -> batch.getString("id").equals(shoot))
                .findFirst();
    }

    JsonObject orderArchive() throws IOException, InterruptedException {
        return object(send("POST", "workings/archive", new byte[0], 200));
    }

    /** A file of the workings. */
    byte[] made(String path) throws IOException, InterruptedException {
        return send("GET", "workings/" + path, null, 200);
    }

    private List<Task> tasks(String photo) throws IOException, InterruptedException {
        return gallery().getJsonArray("photos").stream()
                .map(JsonValue::asJsonObject)
                .filter(p -> p.getString("id").equals(photo))
                .flatMap(p -> p.getJsonArray("tasks").stream())
                .map(JsonValue::asJsonObject)
                .map(t -> new Task(t.getString("name"), t.getString("state"), t.getInt("attempt"), t.getString("note")))
                .toList();
    }

    private byte[] send(String verb, String path, byte[] body, int wanted) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/octet-stream")
                .method(
                        verb,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != wanted) {
            throw new AssertionError(verb + " " + path + " answered " + answer.statusCode() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }

    private static JsonObject object(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
