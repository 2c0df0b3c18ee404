package io.goose.it.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.NodeJs;
import io.goose.job.JobId;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in {@code src/test/node}, which is told where Redis and the page about the wire format are. */
final class NodeProgram {

    private static final Path PROGRAM = Path.of("src", "test", "node", "producer.mjs");
    private static final Path PAGE = Path.of("..", "..", "docs", "wire-format.md");

    private final NodeJs node = NodeJs.require();
    private final int port;
    private final String namespace;

    NodeProgram(int port, String namespace) {
        this.port = port;
        this.namespace = namespace;
    }

    /** Lets the program carry out one of its commands; returns what it says it sent and was answered. */
    JsonObject run(String queue, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        node.executable().toString(),
                        PROGRAM.toString(),
                        Integer.toString(port),
                        PAGE.toString(),
                        namespace,
                        queue,
                        Sink.HANDLER,
                        command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return Json.createReader(new StringReader(said)).readObject();
        } finally {
            process.destroyForcibly();
        }
    }

    static List<JobId> ids(JsonObject said) {
        return said.getJsonArray("ids").getValuesAs(JsonString.class).stream()
                .map(id -> JobId.of(id.getString()))
                .toList();
    }
}
