package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.tck.TestJobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that goes and comes back. It is no other test's: 3.10 may lose its dead-lettering if queues are deleted just then. */
@Timeout(600)
final class RabbitRestartsIT extends RabbitWork {

    private RabbitCluster rabbit;
    private Broker broker;

    @BeforeEach
    void startServer() {
        rabbit = RabbitMq.start();
        broker = new RabbitUnderTest(rabbit.node().uri(), Map.of("send-timeout", "PT6S")).connect();
    }

    @AfterEach
    void endServer() {
        broker.close();
        rabbit.close();
    }

    @Override
    Broker broker() {
        return broker;
    }

    @Test
    void aNodeThatIsRestarted_hasWhatWasConfirmed() throws Exception {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ids.add(sent().id());
        }
        rabbit.node().stop();
        until(
                "it is known that nothing is enqueued while it is away",
                () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Unknown unknown && !unknown.sent());
        rabbit.node().start();

        Session session = open(broker);
        List<JobId> ran = new ArrayList<>();
        while (ran.size() < 50) {
            Lease lease = next(session);
            ran.add(lease.job().id());
            settle(session, lease, Outcome.Done.INSTANCE);
        }
        assertThat(ran).isEqualTo(ids);
    }

    @Test
    void aNodeThatIsKilledInItsAlarm_takesJobsWhenItIsBack() throws Exception {
        sent();
        rabbit.node().control("set_vm_memory_high_watermark", "0.00001");
        until("a send fails", () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Unknown);

        rabbit.node().kill(); // nobody says then that the alarm is over
        rabbit.node().start();

        until("jobs are taken again", () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Accepted);
    }
}
