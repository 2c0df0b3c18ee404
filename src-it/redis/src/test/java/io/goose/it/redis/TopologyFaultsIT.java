package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisCluster;
import io.goose.it.server.RedisSentinel;
import io.goose.it.server.RedisServer;
import io.goose.it.server.SlotMove;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Failovers, slots that move, and what a send waits for. */
final class TopologyFaultsIT extends FaultTest {

    @Test
    void thePrimaryIsKilled_theSameSessionsGoOnWithItsSuccessor() {
        RedisSentinel sentinel = later(Redis.version("7.0").sentinel().start());
        sentinel.awaitHealthy();
        Broker broker = broker(Map.of(
                "sentinel.master",
                RedisSentinel.PRIMARY_NAME,
                "nodes",
                String.join(",", sentinel.sentinelAddresses()),
                "durability",
                "replicas:2"));
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 50);
        List<Lease> held = lease(session, 5);
        RedisServer former = sentinel.primary();
        former.kill();

        List<JobId> ran = new ArrayList<>();
        List<Verdict> verdicts = persistently(() -> session.settle(done(held)));
        for (int i = 0; i < held.size(); i++) {
            if (verdicts.get(i) == Verdict.APPLIED) {
                ran.add(held.get(i).job().id());
            }
        }
        sentinel.awaitFailover(former);
        ran.addAll(drain(session));

        // Both replicas had every job; a lease or a settle that had not reached the successor means that a job runs
        // again.
        assertThat(ran).containsAll(sent);
        assertThat(new HashSet<>(ran)).hasSameSizeAs(ran);
    }

    @Test
    void aSlotMoves_whileJobsAreSentAndRun() throws Exception {
        RedisCluster cluster = later(Redis.version("7.0").cluster().start());
        Broker broker = broker(Map.of("mode", "cluster", "nodes", String.join(",", cluster.addresses())));
        Session session = open(broker);
        List<JobId> sent = new ArrayList<>(sendSome(broker, 20));
        List<Lease> held = lease(session, 5);
        int slot = cluster.slotOf("{" + QUEUE + "}");
        RedisServer owner = cluster.ownerOf(slot);
        RedisServer target = cluster.nodes().stream()
                .filter(node -> node != owner)
                .findFirst()
                .orElseThrow();

        SlotMove move = cluster.beginMove(slot, target);
        move.moveKeys(3); // now no node has all keys of the queue: TRYAGAIN
        long before = errors(owner) + errors(target);
        CompletableFuture<List<JobId>> during = CompletableFuture.supplyAsync(() -> sendSome(broker, 5));
        CompletableFuture<List<Verdict>> settled =
                CompletableFuture.supplyAsync(() -> persistently(() -> session.settle(done(held))));
        eventually("both have met a slot that is on its way", () -> errors(owner) + errors(target) >= before + 2);
        assertThat(List.of(during.isDone(), settled.isDone()))
                .as("done before the move")
                .containsOnly(false);
        move.finish();
        sent.addAll(during.join());

        assertThat(settled.join()).hasSize(5).containsOnly(Verdict.APPLIED);
        Set<JobId> ran = new HashSet<>();
        held.forEach(lease -> ran.add(lease.job().id()));
        ran.addAll(drain(session));
        assertThat(ran).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(cluster.ownerOf(slot)).isSameAs(target);
        assertThat(persistently(session::renew).lost()).isEmpty();
    }

    /** How often a server has sent a client elsewhere, or asked it to try again. */
    private static long errors(RedisServer server) {
        try {
            return Pattern.compile("errorstat_(?:MOVED|ASK|TRYAGAIN):count=(\\d+)")
                    .matcher(String.valueOf(server.call("INFO", "errorstats")))
                    .results()
                    .mapToLong(match -> Long.parseLong(match.group(1)))
                    .sum();
        } catch (IOException away) {
            throw new UncheckedIOException(away);
        }
    }

    @Test
    void theOwnerOfASlotIsKilledAndStartedAgain_theSameSessionGoesOn() throws Exception {
        RedisCluster cluster = later(Redis.version("7.0")
                .cluster()
                .servers(node -> node.appendOnly(Fsync.ALWAYS))
                .start());
        Broker broker = broker(Map.of("mode", "cluster", "nodes", String.join(",", cluster.addresses())));
        Session session = open(broker);
        List<JobId> sent = new ArrayList<>(sendSome(broker, 20));
        List<Lease> held = lease(session, 5);
        RedisServer owner = cluster.ownerOf(cluster.slotOf("{" + QUEUE + "}"));
        owner.kill();
        List<RedisServer> others =
                cluster.nodes().stream().filter(node -> node != owner).toList();

        List<String> refusals = new ArrayList<>();
        eventually("the others hold the cluster for down, and it is said so", () -> {
            try {
                broker.check();
                session.renew();
            } catch (BrokerUnavailableException down) {
                refusals.add(String.valueOf(down.getMessage()));
            }
            return others.stream().allMatch(TopologyFaultsIT::isDown);
        });
        assertThat(refusals).isNotEmpty().allMatch(line -> line.startsWith("GOOSE-3011"));
        assertThat(sendOne(broker))
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                        .isFalse());
        owner.start();
        cluster.awaitOk();

        assertThat(persistently(session::renew).lost()).isEmpty();
        assertThat(persistently(() -> session.settle(done(held)))).hasSize(5).containsOnly(Verdict.APPLIED);
        sent.addAll(sendSome(broker, 3));
        List<JobId> ran =
                new ArrayList<>(held.stream().map(lease -> lease.job().id()).toList());
        ran.addAll(drain(session));
        assertThat(ran).containsExactlyElementsOf(sent);
    }

    private static boolean isDown(RedisServer node) {
        try {
            return String.valueOf(node.call("CLUSTER", "INFO")).contains("cluster_state:fail");
        } catch (IOException away) {
            throw new UncheckedIOException(away);
        }
    }

    @Test
    void aNodeOfACluster_isRefusedAsAStandaloneServer() throws Exception {
        RedisCluster cluster = later(Redis.version("7.0").cluster().start());
        RedisServer owner = cluster.ownerOf(cluster.slotOf("{" + QUEUE + "}"));
        RedisServer other = cluster.nodes().stream()
                .filter(node -> node != owner)
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> brokerAt(other.host(), other.port()).stats(QUEUE))
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3034")
                .hasMessageContaining("mode=cluster");
    }

    @Test
    void tooFewReplicas_makeTheOutcomeUnknown() {
        RedisServer server = later(Redis.version("7.0").server().start());
        Broker broker = broker(Map.of("url", server.url().toString(), "durability", "replicas:1"));

        assertThat(sendOne(broker)).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isTrue();
            assertThat(unknown.cause()).hasMessageContaining("durability");
        });
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(1);
    }

    @Test
    void fsync_needsAServerThatForcesEachWrite() {
        RedisServer lax =
                later(Redis.version("7.0").server().appendOnly(Fsync.EVERYSEC).start());
        RedisServer strict =
                later(Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start());

        assertThatThrownBy(broker(Map.of("url", lax.url().toString(), "durability", "fsync"))::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3031")
                .hasMessageContaining("everysec");
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            Broker broker = broker(Map.of("url", strict.url().toString(), "durability", "fsync"));
            assertThat(sendOne(broker)).isInstanceOf(SendResult.Accepted.class);
            assertThat(log.messages())
                    .anyMatch(line -> line.startsWith("GOOSE-3030")
                            && line.contains("durability=fsync")
                            && line.contains("appendfsync=always"));
        }
    }
}
