package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.it.server.TlsFiles;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom RabbitMQ lets in, and whom Goose trusts: TLS, and credentials that change while one is connected. */
@Timeout(300)
final class RabbitAccessIT extends RabbitWork {

    private static TlsFiles files;
    private static RabbitCluster rabbit;

    @TempDir
    Path folder;

    private @Nullable Broker connected;

    @BeforeAll
    static void startServer() {
        files = TlsFiles.create();
        rabbit = RabbitMq.secured(files);
    }

    @AfterAll
    static void endServer() {
        rabbit.close();
    }

    @AfterEach
    void disconnect() {
        if (connected != null) {
            connected.close();
        }
    }

    @Override
    Broker broker() {
        return connected;
    }

    private Broker connect(String url, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("send-timeout", "PT6S");
        connected = new RabbitUnderTest(url, settings).connect();
        return connected;
    }

    /** Over TLS, with trust in this authority. */
    private Broker connectTrusting(TlsFiles authority, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("tls.truststore", authority.trustStore().toString());
        settings.put("tls.truststore-password", authority.password());
        return connect("amqps://guest:guest@127.0.0.1:" + rabbit.node().securePort(), settings);
    }

    @Test
    void overTls_jobsComeAndGo() throws Exception {
        Session session = open(connectTrusting(files, Map.of()));

        assertThatOneRuns(session);
    }

    @Test
    void aCertificateOfAnotherAuthority_isRefused_withWhatToDo() throws Exception {
        Broker broker = connectTrusting(TlsFiles.create(), Map.of());

        assertThatItIsRefused(broker, "GOOSE-3096", "tls.truststore");
    }

    @Test
    void aCertificateForAnotherHost_isRefused_unlessHostsAreNotLookedAt() throws Exception {
        TlsFiles elsewhere = TlsFiles.createFor("dns:elsewhere.example");
        rabbit.node().show(elsewhere);
        try {
            Broker broker = connectTrusting(elsewhere, Map.of());
            assertThatItIsRefused(broker, "GOOSE-3096", "127.0.0.1");
            broker.close();

            assertThatOneRuns(open(connectTrusting(elsewhere, Map.of("tls.verify-hostname", "false"))));
        } finally {
            rabbit.node().show(files);
        }
    }

    @Test
    void aPasswordThatIsChanged_isReadFromItsFile_andTheConnectionComesBackByItself() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "first\n");
        rabbit.node().control("add_user", "changing", "first");
        rabbit.node().control("set_permissions", "changing", ".*", ".*", ".*");
        Session session = open(connect(
                "amqp://127.0.0.1:" + rabbit.node().port(),
                Map.of("username", "changing", "password-file", file.toString())));
        assertThatOneRuns(session);

        rabbit.node().control("change_password", "changing", "second");
        rabbit.node().control("close_all_connections", "for a new password");
        until("the old password is refused", () -> isRefused(send(TestJobs.job(QUEUE))));
        Files.writeString(file, "second\n");

        until("the new one is taken", () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Accepted);
        JobId last = sent().id();
        Set<JobId> ran = new HashSet<>(); // also what was sent while the connections were about to be closed
        while (!ran.contains(last)) {
            Lease lease = next(session);
            assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
            ran.add(lease.job().id());
        }
    }

    private static boolean isRefused(SendResult result) {
        return result instanceof SendResult.Unknown unknown
                && !unknown.sent()
                && unknown.cause() instanceof BrokerRefusedException refused
                && refused.getMessage().startsWith("GOOSE-3083");
    }

    private void assertThatOneRuns(Session session) throws Exception {
        QueuedJob job = sent();
        Lease lease = next(session);
        assertThat(lease.job().id()).isEqualTo(job.id());
        assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
    }

    private void assertThatItIsRefused(Broker broker, String code, String why) throws Exception {
        assertThatThrownBy(broker::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith(code)
                .hasMessageContaining(why)
                .hasMessageNotContaining("guest");
        assertThat(send(TestJobs.job(QUEUE))).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isFalse();
            assertThat(unknown.cause()).isInstanceOf(BrokerRefusedException.class);
        });
    }
}
