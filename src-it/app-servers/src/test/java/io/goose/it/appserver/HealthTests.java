package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the server's own health endpoint says of the applications on it. */
interface HealthTests extends Topic {

    @Test
    default void health_tellsOfABrokerThatIsKilled_andOfAnApplicationThatStartsWithoutOne() throws IOException {
        await("ready", "UP", Map.of("main", "connected", "reports", "connected"));
        await("started", "UP", Map.of("main", "connected"));
        JsonObject ready = check("ready", Map.of("main", "connected")).orElseThrow();
        assertThat(ready.getJsonObject("data").getString("phase")).isEqualTo("RUNNING");
        assertThat(ready.getJsonObject("data").getInt("main.loops")).isGreaterThan(5);
        assertThat(ready.getJsonObject("data"))
                .containsKeys("main.lastBeatMillis", "main.lagMillis", "main.deadLoops", "main.inProgress");

        Map<String, String> byBroker = Map.of(
                "goose.health.readiness.broker", "PT2S", "goose.worker.heartbeat", "PT1S", "goose.namespace", "health");
        int said = harness().server().jsonLog().size();
        harness().broker().kill();
        try {
            await("ready", "UP", Map.of("main", "lost"));
            await("live", "UP", Map.of("main", "lost"));
            await("started", "UP", Map.of("main", "lost"));
            try (Harness.Application second = harness().deploy("healthy", Archives.SECOND, byBroker)) {
                await("started", "DOWN", Map.of("main", "not reached yet"));
                await("ready", "DOWN", Map.of("main", "not reached yet"));
                await("live", "UP", Map.of("main", "not reached yet"));
                harness().broker().start();
                Harness.await(
                        seen("all of them are well"),
                        () -> all("started").allMatch(HealthTests::isWell)
                                && all("ready").allMatch(HealthTests::isWell));
            }
        } finally {
            harness().broker().start();
        }
        await("ready", "UP", Map.of("main", "connected"));
        for (String event : List.of("BrokerLost", "BrokerRegained")) {
            harness()
                    .records()
                    .awaitWhere(
                            event,
                            "event/broker",
                            record -> record.getString("type").equals(event)
                                    && record.getString("what").equals("main"));
        }
        Harness.await("the outage is summed up", () -> Outages.in(messages(said)).stream()
                .anyMatch(outage -> outage.failures() > 2));
        assertThat(Outages.in(messages(said))).allSatisfy(outage -> assertThat(outage.lines())
                .as("one line when it begins, one each 30 s, one at its end: %s", outage)
                .isLessThanOrEqualTo(2 + outage.seconds() / 30));
    }

    @Test
    default void health_isNotReady_whileTheWorkersAreStopped_whichLeaseNoMoreMeanwhile() throws IOException {
        String key = harness().key();
        String later = harness().key();
        harness().post("/probe/api/jobs/context/long/" + key);
        harness().records().await(key + "/started");
        CompletableFuture<String> stopped = harness().posting("/probe/api/workers/stop");
        try {
            await("ready", "DOWN", Map.of("phase", "STOPPING", "main", "connected"));
            await("live", "UP", Map.of("phase", "STOPPING", "main.deadLoops", ""));
            Harness.await("leasing has stopped", () -> harness().threads().stream()
                    .noneMatch(thread -> thread.getString("name").equals("goose-main-dispatcher")));
            harness().post("/probe/api/jobs/injected/rest/" + later);
            assertThat(stopped).as("the job still has its grace").isNotDone();
        } finally {
            harness().finish(key);
        }
        stopped.join();
        await("ready", "UP", Map.of("phase", "IDLE"));
        assertThat(harness().records().now(key + "/done")).hasSize(1);
        assertThat(harness().records().now(later)).isEmpty();

        harness().post("/probe/api/workers/start");
        harness().records().await(later);
        await("ready", "UP", Map.of("phase", "RUNNING", "main", "connected"));
    }

    @Test
    default void health_isNotAlive_whenALoopHasDied_andIsReadyNevertheless() throws IOException {
        Map<String, String> alone = Map.of("goose.namespace", "mortal");
        try (Harness.Application mortal =
                harness().deployAlternative("mortal", "io.goose.it.second.MortalThreads", alone)) {
            Map<String, String> well = Map.of("phase", "RUNNING", "main.deadLoops", "");
            Harness.await(
                    seen("both applications are alive"),
                    () -> all("live")
                                    .filter(check -> check.getString("status").equals("UP") && has(check, well))
                                    .count()
                            == 2);
            harness().finish("heart");
            Map<String, String> dead = Map.of("phase", "RUNNING", "main.deadLoops", "goose-main-heart");
            await("live", "DOWN", dead);
            await("ready", "UP", dead);
            await("live", "UP", well);
        }
        Harness.await(seen("it is gone"), () -> all("live").count() == 1);
    }

    private static boolean isWell(JsonObject check) {
        return check.getString("status").equals("UP")
                && check.getJsonObject("data").getString("main").equals("connected");
    }

    default void await(String kind, String status, Map<String, String> data) throws IOException {
        Harness.await(seen("goose-" + kind + " is " + status + " with " + data), () -> check(kind, data)
                .filter(found -> found.getString("status").equals(status))
                .isPresent());
    }

    /** What was waited for, and what is told at the end of the wait. */
    private Supplier<String> seen(String what) {
        return () -> {
            try {
                return what + ", of which " + harness().server().health() + " is told,";
            } catch (IOException e) {
                throw new UncheckedIOException(what, e);
            }
        };
    }

    private Optional<JsonObject> check(String kind, Map<String, String> data) throws IOException {
        return all(kind).filter(check -> has(check, data)).findFirst();
    }

    private static boolean has(JsonObject check, Map<String, String> data) {
        return data.entrySet().stream().allMatch(wanted -> wanted.getValue()
                .equals(check.getJsonObject("data").getString(wanted.getKey(), null)));
    }

    private List<String> messages(int from) throws IOException {
        return harness().server().jsonLog().stream()
                .skip(from)
                .map(line -> line.getString("message"))
                .toList();
    }

    default Stream<JsonObject> all(String kind) throws IOException {
        try (JsonReader reader =
                Json.createReader(new StringReader(harness().server().health()))) {
            List<JsonObject> checks = reader.readObject().getJsonArray("checks").getValuesAs(JsonObject.class);
            return checks.stream().filter(check -> check.getString("name").equals("goose-" + kind));
        }
    }
}
