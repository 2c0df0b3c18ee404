package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The verbs of one who sends and works on a queue of RabbitMQ whatever happens to it. */
abstract class RabbitWork {

    static final String QUEUE = "faults";
    static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Where jobs are sent. */
    abstract Broker broker();

    static SessionSpec spec(Duration lease) {
        return new SessionSpec(List.of(QUEUE), 5, 5, Set.of(), lease, Duration.ofMillis(100), "here");
    }

    static Session open(Broker on) {
        return on.open(spec(Duration.ofMinutes(1)));
    }

    SendResult send(QueuedJob job) throws Exception {
        return broker().send(List.of(job))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get(0);
    }

    QueuedJob sent() throws Exception {
        QueuedJob job = TestJobs.job(QUEUE);
        assertThat(send(job)).isInstanceOf(SendResult.Accepted.class);
        return job;
    }

    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime())
                    .as("not within " + PATIENCE + ": " + what)
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** The next job; what an outage throws meanwhile is what a worker's loop tries again after. */
    static Lease next(Session session) throws Exception {
        List<Lease> leases = new ArrayList<>();
        until("a job comes", () -> {
            try {
                session.renew();
                session.sweep();
                leases.addAll(session.lease(QUEUE, 1, 1 << 20).leases());
            } catch (BrokerUnavailableException away) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            return !leases.isEmpty();
        });
        return leases.get(0);
    }

    static Verdict settle(Session session, Lease lease, Outcome outcome) {
        return session.settle(List.of(Settlement.of(lease, outcome))).get(0);
    }
}
