package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A job that goes to another queue is kept where it was until it is as durable there as it has to be. */
final class DurableEffectsIT extends FaultTest {

    @Test
    void tooFewReplicas_theRecordStays_untilThereAreEnough() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        sendSome(brokerAt(server.host(), server.port()), 1);
        Broker broker = broker(Map.of("url", server.url().toString(), "durability", "replicas:1", "timeout", "PT10S"));
        Session session = open(broker);
        Lease lease = lease(session, 1).get(0);
        Outcome retry = new Outcome.Retry(
                Duration.ZERO, "elsewhere", lease.job().state().afterFailure(TestJobs.failure("x"), Instant.now()));
        JobId id = lease.job().id();
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            assertThat(session.settle(List.of(Settlement.of(lease, retry)))).containsExactly(Verdict.APPLIED);
            assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-3018") && line.contains("durability"));
        }
        assertThat(broker.stats("elsewhere").waiting()).isEqualTo(1);
        assertThat(server.call("HLEN", "tck:{mail}:fx")).isEqualTo(1L);

        RedisServer replica = later(Redis.version("7.0").server().start());
        replica.call("REPLICAOF", server.host(), String.valueOf(server.port()));
        long start = System.nanoTime();
        while (!server.call("HLEN", "tck:{mail}:fx").equals(0L)) { // after 10 s a sweep takes it up
            assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(60_000_000_000L);
            session.renew();
            try {
                session.sweep();
            } catch (BrokerUnavailableException early) { // the replica has not caught up
                assertThat(early).hasMessageContaining("durability");
            }
            pause(250);
        }

        assertThat(broker.stats("elsewhere").waiting()).isEqualTo(1);
        assertThat(replica.call("HEXISTS", "tck:{elsewhere}:body", id.value())).isEqualTo(1L);
    }
}
