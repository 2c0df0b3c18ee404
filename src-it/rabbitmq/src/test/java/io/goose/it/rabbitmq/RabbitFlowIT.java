package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That nothing looks as if its worker had died when only what may be on its way to a session changes. */
@Timeout(600)
final class RabbitFlowIT extends RabbitWork {

    private static final int JOBS = 10_000;

    private static RabbitCluster rabbit;

    private RabbitUnderTest underTest;
    private Broker broker;
    private final Set<JobId> ran = new HashSet<>();
    private final List<JobId> suspects = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        rabbit = RabbitMq.start();
    }

    @AfterAll
    static void endServer() {
        rabbit.close();
    }

    @BeforeEach
    void connect() {
        underTest = new RabbitUnderTest(rabbit.node().uri(), Map.of());
        broker = underTest.connectBare();
    }

    @AfterEach
    void close() {
        broker.close();
        underTest.close();
    }

    @Override
    Broker broker() {
        return broker;
    }

    private void sendMany() throws Exception {
        for (int sent = 0; sent < JOBS; sent += 500) {
            broker.send(TestJobs.jobs(QUEUE, 500)).toCompletableFuture().get();
        }
    }

    private Session wide() {
        return broker.open(new SessionSpec(
                List.of(QUEUE), 25, 25, Set.of(), Duration.ofMinutes(1), Duration.ofMillis(100), "here"));
    }

    /** Leases and settles at once until so many have run in all. */
    private void runUntil(Session session, int all, int most) throws Exception {
        until(all + " jobs have run", () -> {
            List<Lease> leases = session.lease(QUEUE, most, 1 << 24).leases();
            List<Settlement> done = new ArrayList<>();
            for (Lease lease : leases) {
                done.add(Settlement.of(lease, Outcome.Done.INSTANCE));
                ran.add(lease.job().id());
                if (lease.suspect()) {
                    suspects.add(lease.job().id());
                }
            }
            session.settle(done);
            if (leases.isEmpty()) {
                session.sweep().suspects().forEach(suspects::add);
            }
            return ran.size() >= all;
        });
    }

    @Test
    void ofTwoProcesses_oneTellsTheSizes_untilItIsGone() throws Exception {
        try (Broker other = underTest.connectBare()) {
            assertThat(broker.leads()).isTrue();
            assertThat(other.leads()).isFalse();
            assertThat(broker.leads()).as("asked again").isTrue();
            broker.close();
            until("the other does", other::leads);
        }
    }

    @Test
    void askingForMoreAtATime_makesNoSuspects() throws Exception {
        sendMany();
        Session session = wide();

        runUntil(session, 100, 20);
        runUntil(session, 1_000, 100);
        runUntil(session, 3_000, 250);
        runUntil(session, JOBS, 500);

        assertThat(suspects).isEmpty();
        session.close();
    }

    @Test
    void aPauseAndAnOrderlyEnd_makeNoSuspects() throws Exception {
        sendMany();
        Session session = wide();
        runUntil(session, 3_000, 500);
        session.hold(QUEUE, true);
        session.hold(QUEUE, false);
        runUntil(session, 6_000, 500);
        session.close();

        Session next = wide();
        runUntil(next, JOBS, 500);

        assertThat(suspects).isEmpty();
        next.close();
    }
}
