package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.admin.QueueStats;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisSentinel;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Brokers that die, stall and fail over under load. */
class BrokerFaultsIT extends ChaosBase {

    @Test
    @DisplayName("6.10: broker restart mid-run: loops resume, nothing is lost")
    void redisIsKilledAndStartedAgain_nothingIsLost() throws Exception {
        RedisServer redis = closeLater(
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start());
        Map<String, String> broker = Map.of("url", redis.url().toString());
        Goose client = client(broker);
        WorkerJvm first = worker(broker);
        WorkerJvm second = worker(broker);
        int jobs = JOBS / 4;
        AtomicInteger enqueued = new AtomicInteger();
        Thread producer = producer(client, jobs, enqueued);
        for (int kill = 1; kill <= Math.min(KILLS, 5); kill++) {
            int goal = jobs * kill / (Math.min(KILLS, 5) + 1);
            await(Duration.ofMinutes(2), () -> enqueued.get() >= goal);
            redis.kill();
            Thread.sleep(500);
            redis.start();
        }
        producer.join();
        Map<Integer, Integer> runs =
                awaitAll(ChaosEngine.MARK, jobs, LEASE.multipliedBy(3).plusSeconds(120));
        await(LEASE.multipliedBy(2), () -> isEmpty(client));
        report("redis killed", "%d jobs, lost 0, run again %d", jobs, duplicates(runs));
        assertThat(isEmpty(client)).as("%s", client.admin().stats("default")).isTrue();
        assertThat(first.isAlive() && second.isAlive()).isTrue();
    }

    @Test
    @DisplayName("A broker that stalls for longer than the lease rescues nobody who is alive")
    void redisStallsPastTheLease_noLiveWorkersJobIsRescued() throws Exception {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        Map<String, String> broker = Map.of("url", redis.url().toString());
        Goose client = client(broker);
        worker(broker);
        worker(broker);
        int stallSeconds = (int) LEASE.multipliedBy(4).dividedBy(3).toSeconds(); // 40 s with the default lease
        int length = (stallSeconds + 5) * 1_000;
        for (int i = 0; i < THREADS; i++) {
            client.client().performAsync(JobCall.of(ChaosEngine.SLOW, i, length));
        }
        awaitAll(ChaosEngine.BEGAN, THREADS, Duration.ofSeconds(30));
        redis.pause();
        Thread.sleep(stallSeconds * 1_000L);
        redis.resume();
        awaitAll(ChaosEngine.ENDED, THREADS, Duration.ofSeconds(60 + length / 1_000));
        await(Duration.ofSeconds(20), () -> isEmpty(client));
        report(
                "redis stalled",
                "%d s, %d jobs, run again %d",
                stallSeconds,
                THREADS,
                duplicates(runs(ChaosEngine.BEGAN)));
        assertThat(duplicates(runs(ChaosEngine.BEGAN))).isZero();
        assertThat(isEmpty(client)).as("%s", client.admin().stats("default")).isTrue();
    }

    @Test
    @DisplayName("One failover of Sentinel: the loss is counted and bounded by the replication lag")
    void sentinelFailsOver_theLoopsResumeAndTheLossIsBounded() throws Exception {
        RedisSentinel sentinel = closeLater(
                Redis.version("7.0").sentinel().downAfter(Duration.ofSeconds(2)).start());
        Map<String, String> broker = Map.of(
                "url",
                "redis://" + sentinel.primary().host() + ":"
                        + sentinel.primary().port(),
                "nodes",
                String.join(",", sentinel.sentinelAddresses()),
                "sentinel.master",
                RedisSentinel.PRIMARY_NAME);
        Goose client = client(broker);
        worker(broker);
        worker(broker);
        int jobs = JOBS / 4;
        AtomicInteger enqueued = new AtomicInteger();
        Thread producer = producer(client, jobs, enqueued);
        await(Duration.ofMinutes(2), () -> enqueued.get() >= jobs / 3);
        RedisServer primary = sentinel.primary();
        int before = enqueued.get();
        primary.kill();
        sentinel.awaitFailover(primary);
        producer.join();
        await(
                LEASE.multipliedBy(3).plusSeconds(60),
                () -> runs(ChaosEngine.MARK).size() == jobs);
        await(LEASE.multipliedBy(3), () -> isEmpty(client));
        Map<Integer, Integer> runs = runs(ChaosEngine.MARK);
        int lost = jobs - runs.size();
        report(
                "failover",
                "%d jobs, %d acknowledged before it, lost %d, run again %d",
                jobs,
                before,
                lost,
                duplicates(runs));
        assertThat(isEmpty(client)).as("%s", client.admin().stats("default")).isTrue();
        // Acknowledged and not yet replicated: what one producer gets accepted within a second of lag, at the very
        // most.
        assertThat(lost).isLessThanOrEqualTo(1_000);
        assertThat(runs.keySet()).as("after the failover").contains(jobs - 1);
    }

    private static Thread producer(Goose client, int jobs, AtomicInteger enqueued) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (int i = 0; i < jobs; i++) {
                            insist(client.client(), JobCall.of(ChaosEngine.MARK, i));
                            enqueued.incrementAndGet();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "producer");
        thread.start();
        return thread;
    }

    private static boolean isEmpty(Goose client) {
        QueueStats now = client.admin().stats("default");
        return now.waiting() + now.running() + now.scheduled() == 0;
    }
}
