package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.SendResult;
import io.goose.tck.TestJobs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code durability=fsync} by {@code WAITAOF}, which Redis has since 7.2: what the client makes of each answer, and once with
 * a server that has the command.
 */
final class WaitForDiskIT extends FaultTest {

    private Broker broker(ScriptedRedis server) {
        return broker(Map.of("url", "redis://127.0.0.1:" + server.port(), "durability", "fsync"));
    }

    /** A server of a version that answers {@code WAITAOF} in a certain way. */
    private ScriptedRedis server(String version, String waited) {
        return later(new ScriptedRedis(command -> switch (command.get(0)) {
            case "INFO" -> ScriptedRedis.bulk("# Server\r\nredis_version:" + version + "\r\nredis_mode:standalone\r\n");
            case "CONFIG" -> config(command.get(2));
            case "HELLO" -> hello(version);
            case "PING" -> "+PONG\r\n";
            case "EVALSHA", "EVAL" -> enqueued(command);
            case "WAITAOF" -> waited;
            case "ROLE" -> ScriptedRedis.array(ScriptedRedis.bulk("master"), ":0\r\n", "*0\r\n");
            default -> "+OK\r\n";
        }));
    }

    private static String config(String name) {
        return ScriptedRedis.array(
                ScriptedRedis.bulk(name),
                ScriptedRedis.bulk(
                        switch (name) {
                            case "maxmemory-policy" -> "noeviction";
                            case "appendonly" -> "yes";
                            default -> "everysec";
                        }));
    }

    static String hello(String version) {
        return ScriptedRedis.array(
                ScriptedRedis.bulk("server"),
                ScriptedRedis.bulk("redis"),
                ScriptedRedis.bulk("version"),
                ScriptedRedis.bulk(version),
                ScriptedRedis.bulk("proto"),
                ":3\r\n");
    }

    /** The reply of a send of one job; of the note of a queue. */
    private static String enqueued(List<String> command) {
        return command.stream().anyMatch(argument -> argument.contains(":send:")) ? ScriptedRedis.bulk("A") : ":1\r\n";
    }

    @Test
    void aJobThatIsOnTheDisk_isAccepted() {
        ScriptedRedis server = server("7.2.0", ScriptedRedis.array(":1\r\n", ":0\r\n"));

        assertThat(sendOne(broker(server))).isInstanceOf(SendResult.Accepted.class);
        assertThat(server.asked("WAITAOF")).singleElement().satisfies(command -> assertThat(command)
                .startsWith("WAITAOF", "1", "0")
                .hasSize(4));
    }

    @Test
    void aJobThatIsNotOnTheDiskInTime_hasAnUnknownOutcome() {
        ScriptedRedis server = server("8.0.1", ScriptedRedis.array(":0\r\n", ":0\r\n"));

        assertThat(sendOne(broker(server))).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isTrue();
            assertThat(unknown.cause()).hasMessageContaining("durability");
        });
    }

    @Test
    void aServerThatRefusesToWait_hasAnUnknownOutcome() {
        ScriptedRedis server =
                server("7.2.0", "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n");

        assertThat(sendOne(broker(server)))
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                        .isTrue());
    }

    @Test
    void aServerWithoutTheCommand_isRefused() {
        ScriptedRedis server = server("7.1.9", "-ERR unknown command\r\n");

        assertThatThrownBy(broker(server)::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3031");
        assertThat(server.asked("WAITAOF")).isEmpty();
    }

    @Test
    @Tag("newest")
    void aRealServerThatWritesEachSecond_isWaitedFor() throws Exception {
        RedisServer server =
                later(Redis.atLeast("7.2").server().appendOnly(Fsync.EVERYSEC).start());
        Broker broker = broker(Map.of("url", server.url().toString(), "durability", "fsync"));

        List<JobId> sent = sendSome(broker, 3);
        String commands = String.valueOf(server.call("INFO", "commandstats"));
        server.kill();
        server.start();

        assertThat(commands).contains("cmdstat_waitaof:");
        assertThat(drain(open(broker))).as("what was on the disk").isEqualTo(sent);
    }

    @Test
    @Tag("newest")
    void aRealServerWithoutAFile_isRefused() {
        RedisServer server = later(Redis.atLeast("7.2").server().start());

        assertThat(send(broker(Map.of("url", server.url().toString(), "durability", "fsync")), TestJobs.jobs(QUEUE, 1)))
                .singleElement()
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.cause())
                        .hasMessageStartingWith("GOOSE-3031"));
    }
}
