package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.examples.run.Main;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The photo studio, started by its run command, on a RabbitMQ and the server's own data source as its ledger: two variables. */
abstract class StudioOnRabbitContract {

    private static final Path EXAMPLES =
            Path.of(System.getProperty("it.modules"), "..", "goose-examples").normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int TASKS = 4; // of each photo
    private static final int SAMPLES = 7;

    private final String server;
    private final Path home;
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = ServerProcess.freePort();

    @TempDir
    Path dir;

    /**
     * @param server as the run command calls it
     * @param home where the example has it, in its target directory
     */
    StudioOnRabbitContract(String server, String home) {
        this.server = server;
        this.home = EXAMPLES.resolve("studio-run/target").resolve(home);
    }

    @Test
    void photosAreDeveloped_aBrokenOneDies_andTheNoticeComesInItsTime() throws Exception {
        Path console = dir.resolve("launcher.out");
        LogFile log = new LogFile(dir.resolve("run").resolve(server + ".log"));
        try (RabbitCluster rabbit = RabbitMq.start();
                ServerProcess launcher = ServerProcess.start(
                        command(),
                        dir,
                        Map.of("GOOSE_BROKER_MAIN_URL", rabbit.node().uri(), "GOOSE_BROKER_MAIN_LEDGER", "local"),
                        console)) {
            launcher.await("the studio is open", PATIENCE, () -> new LogFile(console).contains("Ctrl-C stops"));
            assertThat(new LogFile(console).since(0)).contains(SAMPLES * TASKS + " done, 0 dead, 0 open");
            assertThat(log.since(0))
                    .contains("(amqp://127.0.0.1:" + rabbit.node().port() + " with a ledger) starts")
                    .contains("GOOSE-3050: jobs are kept in H2");

            byte[] whole = Files.readAllBytes(EXAMPLES.resolve("studio-war/src/main/webapp/samples/rocket.jpg"));
            String shoot = object("POST", "shoots", new byte[0]).getString("id");
            String good = bring(shoot, "good.jpg", whole);
            String bad = bring(shoot, "bad.jpg", Arrays.copyOf(whole, whole.length / 3));
            call("POST", "shoots/" + shoot + "/end", new byte[0]);
            launcher.await("the notice waits in the ledger", PATIENCE, () -> read("broker").getJsonArray("due").stream()
                    .anyMatch(due -> due.asJsonObject().getString("about").contains("2 photos")));
            launcher.await("the good one is developed", PATIENCE, () -> tasks(good, "DONE") == TASKS);
            launcher.await("the notice has come", PATIENCE, () -> read("gallery").getJsonArray("notices").stream()
                    .anyMatch(notice -> notice.asJsonObject().getString("id").equals(shoot)));
            launcher.await(
                    "the broken one is dead", PATIENCE, () -> tasks(bad, "DEAD") == TASKS - 1 && dead() == TASKS - 1);

            assertWorkings(launcher);
            String buried = object("GET", "broker", null)
                    .getJsonArray("dead")
                    .getJsonObject(0)
                    .getString("job");
            call("POST", "broker/dead/" + buried, new byte[0]);
            launcher.await("it dies again", PATIENCE, () -> dead() == TASKS - 1);
            call("DELETE", "broker/dead/" + buried, null);
            assertThat(dead()).isEqualTo(TASKS - 2);
            assertThat(rabbit.node().control("list_queues", "name", "type", "--no-table-headers"))
                    .contains("goose:photos\tquorum", "goose:notices\tquorum");
        }
    }

    /** What the ledger has works here too; what is not there is not there, and the page says why. */
    private void assertWorkings(ServerProcess launcher) throws Exception {
        assertThat(object("POST", "workings/archive", new byte[0]).getString("outcome"))
                .isEqualTo("ADDED");
        launcher.await(
                "an order within three seconds of the one before is none", PATIENCE, () -> order().equals("EXISTS"));
        launcher.await("the archive is packed, and cleaning up is recurring", PATIENCE, () -> {
            JsonObject now = read("workings");
            return now.getJsonObject("archive").getInt("bytes") > 0
                    && now.containsKey("cleanUp")
                    && now.getJsonObject("cleanUp").getInt("runs") > 0;
        });
        JsonObject workings = read("workings");
        JsonObject missing = workings.getJsonObject("missing");
        assertThat(missing.containsKey("cron")).isFalse();
        if (missing.containsKey("batches")) {
            assertThat(missing.getString("batches")).contains("GOOSE-3130");
            assertThat(workings.getJsonArray("batches")).isEmpty();
        } else {
            launcher.await("there are contact sheets", PATIENCE, () -> read("workings").getJsonArray("batches").stream()
                    .allMatch(batch -> batch.asJsonObject().getBoolean("sheet")));
        }
        if (missing.containsKey("limits")) {
            assertThat(missing.getString("limits")).contains("GOOSE-3150");
        } else {
            assertThat(workings.getJsonObject("printer").getInt("concurrent")).isEqualTo(2);
        }
    }

    private List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dstudio.server=" + server,
                "-Dstudio.home=" + home,
                "-Dstudio.war=" + EXAMPLES.resolve("studio-war/target/goose-studio.war"),
                "-Dstudio.h2=" + Servers.H2,
                "-Dstudio.run.dir=" + dir.resolve("run"),
                "-Dhttp.port=" + port,
                "-Dmanagement.port=" + ServerProcess.freePort(),
                Main.class.getName());
    }

    private String bring(String shoot, String name, byte[] content) throws Exception {
        return object("POST", "shoots/" + shoot + "/photos?name=" + name, content)
                .getString("id");
    }

    private String order() {
        try {
            return object("POST", "workings/archive", new byte[0]).getString("outcome");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long tasks(String photo, String state) {
        return read("gallery").getJsonArray("photos").stream()
                .map(JsonValue::asJsonObject)
                .filter(one -> one.getString("id").equals(photo))
                .flatMap(one -> one.getJsonArray("tasks").stream())
                .filter(task -> task.asJsonObject().getString("state").equals(state))
                .count();
    }

    private int dead() {
        return read("broker").getJsonArray("dead").size();
    }

    private JsonObject read(String path) {
        try {
            return object("GET", path, null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private JsonObject object(String verb, String path, byte[] body) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(call(verb, path, body)))) {
            return reader.readObject();
        }
    }

    private String call(String verb, String path, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/" + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/octet-stream")
                .method(
                        verb,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode())
                    .as(verb + " " + path + ": " + answer.body())
                    .isBetween(200, 299);
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
