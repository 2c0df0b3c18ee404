package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Where the threads come from. */
interface ThreadTests extends Topic {

    /**
     * Every thread that Goose or a client library of it ever started is of the class that the server's managed factory makes
     * ({@code jakarta.enterprise.concurrent.ManageableThread}). Who started it comes from a flight recording, its class from
     * looks at the live threads.
     */
    @Test
    default void underLoad_noThreadWasMadeByAPlainThread() throws IOException {
        harness().undeployProbe();
        Instant since = Instant.now();
        harness().deployProbe();
        Map<Long, JsonObject> seen = new HashMap<>();
        harness().post("/probe/api/jobs/load?count=1500");
        Harness.await("the load", () -> {
            look(seen);
            return loaded() >= 1500;
        });
        // Looks go on while the recording is taken, for that lasts, and a thread may be started and end meanwhile.
        CompletableFuture<Map<Long, String>> recording = CompletableFuture.supplyAsync(() -> recordingSince(since));
        Harness.await("the recording", () -> {
            look(seen);
            return recording.isDone();
        });
        Map<Long, String> started = recording.join();
        assertThat(started).as("threads that the library started").isNotEmpty();
        assertThat(started).allSatisfy((id, what) -> {
            assertThat(seen)
                    .as("%s, thread %d, ended before it was seen", what, id)
                    .containsKey(id);
            assertThat(seen.get(id).getBoolean("managed"))
                    .as(
                            "%s was made by the managed factory, class %s",
                            what, seen.get(id).getString("class"))
                    .isTrue();
        });
    }

    @Test
    default void idleWorker_holdsNothingOfTheLibraryOrTheApplication() throws IOException {
        harness().post("/probe/api/jobs/load?count=200");
        String key = harness().key();
        harness().post("/probe/api/jobs/context/twice/" + key); // with a request, a bean of it and a failure
        harness().records().await(key, 2);
        Harness.await("the load", () -> loaded() >= 200);
        Map<Long, String> started = harness().threadsOfLibrary(Instant.EPOCH);
        Map<String, List<String>> left = new TreeMap<>();
        Harness.await(() -> "that idle workers hold nothing (" + left + ")", () -> {
            left.clear();
            List<JsonObject> workers = harness().threads().stream()
                    .filter(thread ->
                            started.containsKey(thread.getJsonNumber("id").longValue()))
                    .filter(thread -> thread.getString("name").startsWith("goose"))
                    .toList();
            workers.forEach(worker -> left.put(worker.getString("name"), ofOurs(worker)));
            return workers.size() > 6 && left.values().stream().allMatch(List::isEmpty);
        });
    }

    private static List<String> ofOurs(JsonObject thread) {
        return thread.getJsonArray("locals").getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .filter(local -> local.contains("io.goose."))
                .toList();
    }

    private Map<Long, String> recordingSince(Instant since) {
        try {
            return harness().threadsOfLibrary(since);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void look(Map<Long, JsonObject> seen) throws IOException {
        harness()
                .threads()
                .forEach(thread -> seen.put(thread.getJsonNumber("id").longValue(), thread));
    }

    private int loaded() throws IOException {
        return Integer.parseInt(harness().get("/probe/api/jobs/load"));
    }
}
