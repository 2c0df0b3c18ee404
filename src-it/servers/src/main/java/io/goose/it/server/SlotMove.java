package io.goose.it.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hash slot on its way from one node to another. Meanwhile a client sees ASK for keys that are gone already and TRYAGAIN for
 * commands whose keys are on both sides; afterwards MOVED. Not thread-safe.
 */
public final class SlotMove {

    private static final int BATCH = 100;
    private static final String MIGRATE_MILLIS = "5000";

    private final RedisCluster cluster;
    private final int slot;
    private final RedisServer source;
    private final RedisServer target;

    private SlotMove(RedisCluster cluster, int slot, RedisServer source, RedisServer target) {
        this.cluster = cluster;
        this.slot = slot;
        this.source = source;
        this.target = target;
    }

    static SlotMove begin(RedisCluster cluster, int slot, RedisServer source, RedisServer target) throws IOException {
        target.call("CLUSTER", "SETSLOT", String.valueOf(slot), "IMPORTING", RedisCluster.idOf(source));
        source.call("CLUSTER", "SETSLOT", String.valueOf(slot), "MIGRATING", RedisCluster.idOf(target));
        return new SlotMove(cluster, slot, source, target);
    }

    /** Moves up to {@code count} keys of the slot, in no particular order. Returns how many it moved. */
    public int moveKeys(int count) throws IOException {
        try (RespClient client = source.connect()) {
            List<@Nullable Object> keys =
                    client.list("CLUSTER", "GETKEYSINSLOT", String.valueOf(slot), String.valueOf(count));
            if (!keys.isEmpty()) {
                List<String> migrate = new ArrayList<>(
                        List.of("MIGRATE", target.host(), String.valueOf(target.port()), "", "0", MIGRATE_MILLIS));
                migrate.add("KEYS");
                Stream<String> names = keys.stream().map(String::valueOf);
                client.call(Stream.concat(migrate.stream(), names).toArray(String[]::new));
            }
            return keys.size();
        }
    }

    /** Moves the remaining keys, gives the slot to its new owner and waits until all nodes know. */
    public void finish() throws IOException {
        int moved;
        do {
            moved = moveKeys(BATCH);
        } while (moved > 0);
        String owner = RedisCluster.idOf(target);
        target.call("CLUSTER", "SETSLOT", String.valueOf(slot), "NODE", owner);
        for (RedisServer node : cluster.nodes()) {
            if (node != target && node.isRunning() && isPrimary(node)) {
                node.call("CLUSTER", "SETSLOT", String.valueOf(slot), "NODE", owner);
            }
        }
        cluster.awaitOk();
    }

    private static boolean isPrimary(RedisServer node) throws IOException {
        try (RespClient client = node.connect()) {
            return "master".equals(client.list("ROLE").get(0));
        }
    }
}
