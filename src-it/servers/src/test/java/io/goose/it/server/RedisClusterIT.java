package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisClusterIT {

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void nodes_shareTheSlots_andPointToTheOwner(String line) throws IOException {
        try (RedisCluster cluster = Redis.version(line).cluster().start()) {
            assertThat(cluster.nodes()).hasSize(3);
            int slot = cluster.slotOf("{mail}:ready");
            assertThat(slot).isEqualTo(cluster.slotOf("{mail}:scheduled")).isBetween(0, RedisCluster.SLOTS - 1);
            RedisServer owner = cluster.ownerOf(slot);
            RedisServer other =
                    cluster.nodes().stream().filter(n -> n != owner).findFirst().orElseThrow();

            assertThat(owner.call("SET", "{mail}:ready", "1")).isEqualTo("OK");
            assertThatThrownBy(() -> other.call("GET", "{mail}:ready"))
                    .hasMessage("MOVED " + slot + " 127.0.0.1:" + owner.port());
        }
    }

    @Test
    void slotOnTheMove_asksThenMoves() throws IOException {
        try (RedisCluster cluster = Redis.any().cluster().start()) {
            int slot = cluster.slotOf("{mail}");
            RedisServer source = cluster.ownerOf(slot);
            RedisServer target = cluster.nodes().stream()
                    .filter(n -> n != source)
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 250; i++) {
                source.call("SET", "{mail}:" + i, "v" + i);
            }

            SlotMove move = cluster.beginMove(slot, target);
            assertThatThrownBy(() -> source.call("GET", "{mail}:absent"))
                    .hasMessage("ASK " + slot + " 127.0.0.1:" + target.port());
            assertThat(move.moveKeys(100)).isEqualTo(100);
            assertThat(source.call("CLUSTER", "COUNTKEYSINSLOT", String.valueOf(slot)))
                    .isEqualTo(150L);
            move.finish();

            assertThat(cluster.ownerOf(slot)).isSameAs(target);
            assertThat(target.call("CLUSTER", "COUNTKEYSINSLOT", String.valueOf(slot)))
                    .isEqualTo(250L);
            assertThatThrownBy(() -> source.call("GET", "{mail}:7")).hasMessageStartingWith("MOVED " + slot);
        }
    }

    @Test
    void lostPrimary_isReplacedByItsReplica() throws IOException {
        try (RedisCluster cluster = Redis.any()
                .cluster()
                .replicas(1)
                .nodeTimeout(Duration.ofSeconds(1))
                .start()) {
            int slot = cluster.slotOf("{mail}");
            RedisServer former = cluster.ownerOf(slot);

            former.kill();
            Polling.until("a replica takes over", Duration.ofSeconds(60), () -> cluster.ownerOf(slot) != former);
            cluster.awaitOk();

            assertThat(cluster.ownerOf(slot).call("SET", "{mail}:a", "1")).isEqualTo("OK");
        }
    }

    @Test
    void lostPrimaryWithoutReplica_takesTheClusterDown_untilItIsBack() throws IOException {
        try (RedisCluster cluster = Redis.any()
                .cluster()
                .nodeTimeout(Duration.ofSeconds(1))
                .servers(s -> s.appendOnly(Fsync.ALWAYS))
                .start()) {
            RedisServer lost = cluster.ownerOf(cluster.slotOf("{mail}"));
            lost.call("SET", "{mail}:a", "kept");
            RedisServer other =
                    cluster.nodes().stream().filter(n -> n != lost).findFirst().orElseThrow();

            lost.kill();
            Polling.until(
                    "the cluster is down", Duration.ofSeconds(60), () -> String.valueOf(other.call("CLUSTER", "INFO"))
                            .contains("cluster_state:fail"));
            assertThatThrownBy(() -> other.call("GET", "any")).hasMessageStartingWith("CLUSTERDOWN");

            lost.start();
            cluster.awaitOk();
            assertThat(lost.call("GET", "{mail}:a")).isEqualTo("kept");
        }
    }
}
