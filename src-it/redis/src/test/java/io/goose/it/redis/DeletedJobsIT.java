package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting jobs that are deleted leave an entry in their list; it must cost nothing and hide nobody. */
final class DeletedJobsIT extends FaultTest {

    private RedisServer server;
    private Broker broker;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
        broker = brokerAt(server.host(), server.port());
    }

    /** Deletes without a round trip for each. */
    private void deleteAll(List<JobId> ids) throws Exception {
        for (JobId id : ids) {
            server.call("HDEL", "tck:{mail}:body", id.value());
            server.call("HINCRBY", "tck:{mail}:stale", id.value(), "1");
        }
        server.call("HINCRBY", "tck:{mail}:cfg", "stale", String.valueOf(ids.size()));
    }

    @Test
    void manyDeletedJobs_doNotDelayTheLiveOneBehindThem() throws Exception {
        for (int i = 0; i < 14; i++) {
            deleteAll(sendSome(broker, 500));
        }
        List<JobId> live = sendSome(broker, 2);

        Claim claim = open(broker).lease(QUEUE, 1, 1 << 20);

        assertThat(claim.leases()).extracting(lease -> lease.job().id()).containsExactly(live.get(0));
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(1);
        assertThat(server.call("EXISTS", "tck:{mail}:stale")).isEqualTo(0L);
    }

    @Test
    void entriesAreCounted_listed_andPassedOver_asOftenAsTheirJobWasDeleted() {
        Session session = open(broker);
        QueuedJob often = TestJobs.job(QUEUE);
        List<JobId> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(send(broker, List.of(often))).containsExactly(SendResult.Accepted.INSTANCE);
            order.addAll(sendSome(broker, 1));
            assertThat(broker.delete(QUEUE, often.id())).isTrue();
            assertThat(broker.delete(QUEUE, often.id())).isFalse();
        }
        send(broker, List.of(often));
        order.add(often.id());

        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(4);
        assertThat(broker.list(QUEUE, Place.WAITING, 0, 10))
                .extracting(stored -> stored.job().id())
                .isEqualTo(order);
        assertThat(drain(session)).isEqualTo(order);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void whatIsNotWanted_goesBackInItsOrder() {
        List<JobId> sent = sendSome(broker, 20);
        broker.delete(QUEUE, sent.get(1));
        broker.delete(QUEUE, sent.get(4));
        Session session = open(broker);

        List<JobId> ran = new ArrayList<>();
        for (List<Lease> leases = lease(session, 2); !leases.isEmpty(); leases = lease(session, 2)) {
            leases.forEach(lease -> ran.add(lease.job().id()));
            session.settle(done(leases));
        }

        List<JobId> live = new ArrayList<>(sent);
        live.remove(4);
        live.remove(1);
        assertThat(ran).isEqualTo(live);
    }

    @Test
    void aSessionThatComesWhileAJobIsDeleted_keepsTheJobItHasLeased() throws Exception {
        FaultyProxy proxy = later(FaultyProxy.inFrontOf(server));
        Broker slow = broker(Map.of("url", "redis://" + proxy.host() + ":" + proxy.port(), "timeout", "PT30S"));
        QueuedJob job = TestJobs.job(QUEUE);
        send(slow, List.of(job));
        server.call("CONFIG", "RESETSTAT");
        proxy.delayReplies(Duration.ofSeconds(3)); // between the list of sessions and the deletion
        CompletableFuture<Boolean> deleted = CompletableFuture.supplyAsync(() -> slow.delete(QUEUE, job.id()));
        while (!String.valueOf(server.call("INFO", "commandstats")).contains("cmdstat_zrange:calls=")) {
            pause(5);
        }
        Session session = open(broker);
        List<Lease> held = lease(session, 1);
        assertThat(held).hasSize(1);
        proxy.delayReplies(Duration.ZERO);

        assertThat(deleted.join()).isFalse();
        assertThat(session.settle(done(held))).containsExactly(Verdict.APPLIED);
        assertThat(send(broker, List.of(job))).containsExactly(SendResult.Accepted.INSTANCE);
        assertThat(drain(session)).containsExactly(job.id());
    }
}
