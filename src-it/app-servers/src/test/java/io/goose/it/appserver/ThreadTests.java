package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
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
        Map<Long, JsonObject> seen = new HashMap<>();
        int before = loaded();
        harness().post("/probe/api/jobs/load?count=1500");
        Harness.await("the load", Duration.ofSeconds(90), () -> {
            harness().threads().forEach(thread -> seen.put((long) thread.getInt("id"), thread));
            return loaded() >= before + 1500;
        });
        harness().threads().forEach(thread -> seen.put((long) thread.getInt("id"), thread));
        Map<Long, String> started = harness().threadsOfLibrary();
        Map<Long, String> live = new TreeMap<>(started);
        live.keySet().retainAll(seen.keySet());
        assertThat(live).as("live threads that the library started").isNotEmpty();
        assertThat(live.entrySet())
                .as("threads that the library started and no managed factory made")
                .allSatisfy(entry -> assertThat(seen.get(entry.getKey()).getBoolean("managed"))
                        .as(
                                "%s of class %s",
                                entry.getValue(), seen.get(entry.getKey()).getString("class"))
                        .isTrue());
        Map<Long, String> unseen = new TreeMap<>(started);
        unseen.keySet().removeAll(seen.keySet());
        assertThat(unseen.values())
                .as("threads that ended before they were seen, judged by the name that the server's factory gives")
                .allMatch(name ->
                        name.startsWith("EE-ManagedThreadFactory-") || name.startsWith("managedThreadFactory["));
    }

    private int loaded() throws IOException {
        return Integer.parseInt(harness().get("/probe/api/jobs/load"));
    }
}
