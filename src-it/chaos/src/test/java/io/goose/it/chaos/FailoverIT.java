package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisSentinel;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The primary of a Sentinel set-up loses its replicas and, a moment later, dies under load. What can be missing afterwards is
 * what it answered since the last moment at which the replicas were seen to have everything.
 */
class FailoverIT extends ChaosBase {

    /** What a worker can have leased and not written: running, buffered ahead, finished. */
    private static final int HELD = THREADS + 500 + UNWRITTEN;

    /** Longer than answers take that are under way, shorter than the Sentinels take to act. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    /** How long the primary goes on without its replicas. */
    private static final Duration ALONE = Duration.ofMillis(200);

    private static final Duration DOWN_AFTER = Duration.ofSeconds(3);

    /** After ten seconds a sweep delivers what a broken settle left behind. */
    private static final Duration SWEPT = Duration.ofSeconds(20);

    private static final Pattern SENT = Pattern.compile("master_repl_offset:(\\d+)");
    private static final Pattern RECEIVED = Pattern.compile("slave_repl_offset:(\\d+)");

    @Test
    @DisplayName("One failover of Sentinel with durability=memory: what is lost is what was not replicated yet")
    void sentinelFailsOver_onlyWhatWasNotReplicatedIsLost() throws Exception {
        assertThat(failOver("memory")).as("what the primary answered alone").isNotEmpty();
    }

    @Test
    @DisplayName(
            "One failover of Sentinel with durability=replicas:1 and all replicas alive: nothing that was acknowledged is lost")
    void sentinelFailsOverWithWait_nothingIsLost() throws Exception {
        assertThat(failOver("replicas:1")).isEmpty();
    }

    /** Returns the jobs that were acknowledged and lost. */
    private Set<Integer> failOver(String durability) throws Exception {
        RedisSentinel sentinel =
                closeLater(Redis.version("7.0").sentinel().downAfter(DOWN_AFTER).start());
        Map<String, String> broker = new HashMap<>(Map.of(
                "url",
                sentinel.primary().url().toString(),
                "nodes",
                String.join(",", sentinel.sentinelAddresses()),
                "sentinel.master",
                RedisSentinel.PRIMARY_NAME,
                "durability",
                durability));
        Goose client = client(broker);
        int ready = JOBS / 2;
        List<WorkerJvm> workers = workers(broker, 2);
        enqueue(client.client(), ready);
        RedisServer primary = sentinel.primary();
        List<RedisServer> replicas = sentinel.replicas();
        await("jobs are done", ALL, () -> runs.jobs(ChaosEngine.DONE) > ready / 20);
        Producers producers = producers(client);
        await("jobs are enqueued", ALL, () -> producers.acknowledged() > JOBS / 6);
        long openAtKill = topUp(client);
        assertThat(openAtKill).as("jobs left at the kill").isGreaterThan(2L * THREADS);

        Set<Integer> safe = producers.acknowledgedNumbers();
        int endsBefore = ends();
        awaitReplicated(primary, replicas);
        replicas.forEach(RedisServer::pause); // so that they do not come back to it
        primary.call("CLIENT", "KILL", "TYPE", "replica");
        int answered = producers.acknowledged();
        Thread.sleep(ALONE.toMillis());
        if (durability.equals("memory")) {
            await("it answers alone", SOON, () -> producers.acknowledged() > answered + THREADS);
        }
        primary.kill();
        replicas.forEach(RedisServer::resume);
        awaitSilence(producers);
        Set<Integer> unsafe = new HashSet<>(producers.acknowledgedNumbers());
        unsafe.removeAll(safe);
        int endsSince = ends() - endsBefore;
        sentinel.awaitFailover(primary);

        producers.end(JOBS, ALL);
        awaitSettled(client);
        Set<Integer> lost = new TreeSet<>();
        for (int i = 0; i < jobs.get(); i++) {
            lost.add(i);
        }
        lost.removeAll(runs.numbers(ChaosEngine.DONE));
        int bound = endsSince + workers.size() * HELD;
        report(
                "failover, durability=" + durability,
                "%d jobs, 1 kill, %d left then, %d acknowledged since the replicas had everything; lost %d, run again %d of at most %d"
                        .formatted(jobs.get(), openAtKill, unsafe.size(), lost.size(), runAgain(), bound));
        assertThat(unsafe).as("acknowledged and perhaps not replicated").containsAll(lost);
        assertThat(runAgain()).isLessThanOrEqualTo(bound);
        assertKindsWereObeyed();
        assertThat(workers).allMatch(WorkerJvm::isAlive);
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
        return lost;
    }

    private int ends() throws IOException {
        return runs.total(ChaosEngine.DONE) + runs.total(ChaosEngine.FAILED);
    }

    /** Waits until each replica has what the primary has at this moment. */
    private static void awaitReplicated(RedisServer primary, List<RedisServer> replicas) throws Exception {
        long sent = offset(primary, SENT);
        await("the replicas have what the primary has sent", SOON, () -> {
            for (RedisServer replica : replicas) {
                if (offset(replica, RECEIVED) < sent) {
                    return false;
                }
            }
            return true;
        });
    }

    private static long offset(RedisServer server, Pattern which) throws IOException {
        Matcher offset = which.matcher(String.valueOf(server.call("INFO", "replication")));
        assertThat(offset.find()).as("%s says %s", server, which).isTrue();
        return Long.parseLong(offset.group(1));
    }

    /** Waits until no answer of the dead primary is under way any more. */
    private static void awaitSilence(Producers producers) throws Exception {
        int[] seen = {-1};
        long[] since = {System.nanoTime()};
        await("no answer comes any more", SOON, () -> {
            if (producers.acknowledged() != seen[0]) {
                seen[0] = producers.acknowledged();
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > SILENCE.toNanos();
        });
    }

    /** Waits until all jobs are done, or none is left and none comes back. */
    private void awaitSettled(Goose client) throws Exception {
        long[] emptySince = {System.nanoTime()};
        await("all jobs are done or gone", ALL, () -> {
            if (open(client) > 0) {
                emptySince[0] = System.nanoTime();
            }
            return open(client) == 0
                    && (runs.jobs(ChaosEngine.DONE) == jobs.get()
                            || System.nanoTime() - emptySince[0] > SWEPT.toNanos());
        });
    }
}
