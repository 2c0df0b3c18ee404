package io.goose.broker.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The names of the keys of one queue. They share the slot of {@code {queue}}. Thread-safe. */
final class QueueKeys {

    final String queue;
    final byte[] queueBytes;
    private final String prefix;
    private final byte[] route;
    private final Map<Script, List<byte[]>> fixed = new ConcurrentHashMap<>();

    QueueKeys(String namespace, String queue) {
        this.queue = queue;
        this.queueBytes = bytes(queue);
        this.prefix = namespace + ":{" + queue + "}:";
        this.route = key("body");
    }

    /** A key that says which slot all are in. */
    byte[] route() {
        return route;
    }

    byte[] key(String name) {
        return bytes(prefix + name);
    }

    /** What the session holds. */
    byte[] lease(String session) {
        return key("lease:" + session);
    }

    /** The lane of jobs that need something which a live session has. */
    byte[] lane(String need) {
        return key("h:" + need);
    }

    /** The suspects of that lane. */
    byte[] suspectLane(String need) {
        return key("s:" + need);
    }

    /** The scheduled and parked jobs that need something which no session has. */
    byte[] unknown(String need) {
        return key("n:" + need);
    }

    /** The last numbered send of a producer. */
    byte[] sent(String producer) {
        return key("send:" + producer);
    }

    /** The last numbered call of a caller of a ledger. */
    byte[] call(String caller) {
        return key("call:" + caller);
    }

    /** What a branch of a distributed transaction is to do here. */
    byte[] branch(String branch) {
        return key("xa:" + branch);
    }

    /** The keys that a call of {@code script} passes: its fixed ones and more. */
    List<byte[]> of(Script script, byte[]... more) {
        return of(script, List.of(more));
    }

    List<byte[]> of(Script script, List<byte[]> more) {
        List<byte[]> base = fixed.computeIfAbsent(
                script, one -> one.keys().stream().map(this::key).toList());
        if (more.isEmpty()) {
            return base;
        }
        List<byte[]> all = new ArrayList<>(base.size() + more.size());
        all.addAll(base);
        all.addAll(more);
        return all;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
