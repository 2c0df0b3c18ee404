package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.QueueNames;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.it.chaos.Runs.Note;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many workers on many keys, each key with a limit of concurrency and of rate, judged by when the jobs began and ended. The processes
 * share one clock, that of the machine.
 */
class LimitChaosIT extends ChaosBase {

    private static final int WORKERS = Integer.getInteger("chaos.limit.workers", 3);
    private static final int KEYS = Integer.getInteger("chaos.limit.keys", 4);
    private static final int RATE = Integer.getInteger("chaos.limit.rate", 100);
    private static final int SECONDS = Integer.getInteger("chaos.limit.seconds", 3);
    private static final int CONCURRENT = 3;
    private static final int KILLED = 2;
    private static final Limit LIMIT = Limit.concurrent(CONCURRENT).andRate(RATE, Duration.ofSeconds(1));

    /** On a database, whose claims of a queue come one by one, a part of the keys. */
    private static final int KEYS_OF_A_DATABASE = Math.max(2, KEYS / 5);

    private static final int SECOND = 1_000; // ms
    private static final int QUICK_MILLIS = 1;
    private static final int SLOW_MILLIS = 200;

    /**
     * In percent; 0 where nothing is asked. A permit has 30 ms from one claim to the next, and a bucket loses tokens after 50 ms: where processes
     * wait longer than that for a processor, the rate says nothing about limits. So the short form proves that they hold, and only the long
     * one, with a machine of its own, asks that they are used.
     */
    private static final int LEAST_USED = Integer.getInteger("chaos.limit.used", 0);

    private static final int MOST_OF_A_KEY = 1_000_000;

    private int keys;
    private int busy; // a part of the keys has jobs for longer than the others, which are idle then

    @Test
    void onRedis_limitsHold() throws Exception {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        limitsHold("Redis", KEYS, Map.of("url", redis.url().toString()));
    }

    @Test
    @Tag("chaos") // verify has no time for both
    void onPostgreSql_limitsHold() throws Exception {
        DatabaseServer database = closeLater(PostgreSql.start());
        limitsHold("PostgreSQL", KEYS_OF_A_DATABASE, Map.of("kind", "jdbc", ChaosEngine.JDBC_URL, database.jdbcUrl()));
    }

    private void limitsHold(String name, int count, Map<String, String> broker) throws Exception {
        keys = count;
        busy = Math.max(1, keys / 10);
        Goose client = client(broker);
        client.limitAdmin().set(QueueNames.DEFAULT, LimitScope.eachKey(), LIMIT);
        client.admin().pause(QueueNames.DEFAULT);
        int each = RATE * SECONDS * 5 / 4;
        int[] enqueued = new int[keys];
        for (int key = 0; key < keys; key++) {
            enqueue(client.client(), key, enqueued, key < busy ? each * 3 : each, QUICK_MILLIS);
        }
        List<WorkerJvm> workers = workers(broker, WORKERS);
        client.admin().resume(QueueNames.DEFAULT);
        await("all keys have begun", ALL, () -> keysBegun() == keys);
        long from = System.currentTimeMillis() + SECOND / 2; // until then the workers get under way
        long to = from + (long) SECONDS * SECOND;
        await("all keys were busy for " + SECONDS + " s", ALL, () -> System.currentTimeMillis() > to);
        double used = used(from, to, 0, keys);
        await("all but the busy keys are done", ALL, () -> donePerKey(busy, keys) == each * (keys - busy));
        long alone = System.currentTimeMillis();
        long aloneTo = alone + SECOND * Math.max(1, SECONDS / 3L);
        await("some keys are busy while others are idle", ALL, () -> System.currentTimeMillis() > aloneTo);
        double usedAlone = used(alone, aloneTo, 0, busy);

        // Slow jobs, so that each worker that is killed holds permits.
        for (int key = 0; key < keys; key++) {
            enqueue(client.client(), key, enqueued, 2 * CONCURRENT * KILLED, SLOW_MILLIS);
        }
        Map<String, Long> killedAt = new HashMap<>();
        for (int kill = 0; kill < KILLED; kill++) {
            WorkerJvm victim = workers.remove(0);
            await("a worker that is killed runs jobs", ALL, () -> running(victim) > 0);
            victim.kill();
            killedAt.put(victim.name(), System.currentTimeMillis());
            workers.add(worker(broker));
        }
        int total = Arrays.stream(enqueued).sum();
        await("all " + total + " jobs are done", ALL.plus(BACK), () -> runs.jobs(ChaosEngine.LIMITED_DONE) == total);
        awaitNothingOpen(client);

        int most = mostAtOnce(killedAt);
        int inASecond = mostInASecond();
        report(
                "limits on " + name,
                "%d workers of which %d were killed, %d keys, %d at a time and %d/s each: %d jobs, at most %d at once, at most %d begun in a second, %.3f of the rate used with all keys busy and %.3f with %d of them"
                        .formatted(
                                WORKERS,
                                KILLED,
                                keys,
                                CONCURRENT,
                                RATE,
                                total,
                                most,
                                inASecond,
                                used,
                                usedAlone,
                                busy));
        assertThat(most).as("at once of a key").isLessThanOrEqualTo(CONCURRENT);
        // Tokens are taken where jobs are leased. What is leased and has not begun holds a permit too, so at most so
        // many were leased
        // before the window and began in it: no other tolerance is needed.
        assertThat(inASecond).as("begun in a second").isLessThanOrEqualTo((int) (RATE + LIMIT.burst() + CONCURRENT));
        if (LEAST_USED > 0) {
            assertThat(used).as("of the rate, all keys busy").isGreaterThanOrEqualTo(LEAST_USED / 100.0);
            assertThat(usedAlone).as("of the rate, most keys idle").isGreaterThanOrEqualTo(LEAST_USED / 100.0);
        }
        for (int key = 0; key < keys; key++) {
            assertThat(client.limitAdmin().running(QueueNames.DEFAULT, LimitScope.key("key-" + key)))
                    .as("permits of key %d that are still taken", key)
                    .isZero();
        }
        assertThat(client.limitAdmin().running(QueueNames.DEFAULT, LimitScope.queue()))
                .isZero();
        assertThat(runs.repeated(ChaosEngine.LIMITED_DONE)).isLessThanOrEqualTo(KILLED * (THREADS + UNWRITTEN));
    }

    private static void enqueue(GooseClient goose, int key, int[] enqueued, int count, int millis) {
        int from = enqueued[key];
        enqueued[key] += count;
        List<JobCall> calls = IntStream.range(from, from + count)
                .mapToObj(i -> JobCall.of(ChaosEngine.LIMITED, key * MOST_OF_A_KEY + i, millis))
                .toList();
        goose.with(o -> o.key("key-" + key)).performAll(calls);
    }

    private long keysBegun() throws IOException {
        return runs.numbers(ChaosEngine.LIMITED_BEGAN).stream()
                .mapToInt(number -> number / MOST_OF_A_KEY)
                .distinct()
                .count();
    }

    private long donePerKey(int fromKey, int toKey) throws IOException {
        return runs.numbers(ChaosEngine.LIMITED_DONE).stream()
                .mapToInt(number -> number / MOST_OF_A_KEY)
                .filter(key -> key >= fromKey && key < toKey)
                .count();
    }

    private long running(WorkerJvm worker) throws IOException {
        return runs.by(worker, ChaosEngine.LIMITED_BEGAN) - runs.by(worker, ChaosEngine.LIMITED_DONE);
    }

    /** What part of their rate some keys have used in a time. */
    private double used(long from, long to, int fromKey, int toKey) throws IOException {
        long begun = 0;
        for (long[] began : beganPerKey().subList(fromKey, toKey)) {
            begun += Arrays.stream(began).filter(at -> at >= from && at < to).count();
        }
        return begun * (double) SECOND / (to - from) / RATE / (toKey - fromKey);
    }

    /** The times at which jobs began, of each key in order. */
    private List<long[]> beganPerKey() throws IOException {
        List<List<Long>> times = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            times.add(new ArrayList<>());
        }
        runs.of(ChaosEngine.LIMITED_BEGAN)
                .forEach((number, notes) ->
                        notes.forEach(note -> times.get(number / MOST_OF_A_KEY).add(note.at())));
        return times.stream()
                .map(one -> one.stream().mapToLong(at -> at).sorted().toArray())
                .toList();
    }

    /** The most that began in any second, of one key. */
    private int mostInASecond() throws IOException {
        int most = 0;
        for (long[] began : beganPerKey()) {
            int last = 0;
            for (int first = 0; first < began.length; first++) {
                // Whole milliseconds: two that are 999 apart may be all but a second apart.
                while (last < began.length && began[last] < began[first] + SECOND) {
                    last++;
                }
                most = Math.max(most, last - first);
            }
        }
        return most;
    }

    /** The most that ran at once, of one key; what a killed worker had begun ran until it was killed. */
    private int mostAtOnce(Map<String, Long> killedAt) throws IOException {
        Map<Integer, List<Note>> done = runs.of(ChaosEngine.LIMITED_DONE);
        List<List<long[]>> changes = new ArrayList<>(); // of each key: time, change
        for (int key = 0; key < keys; key++) {
            changes.add(new ArrayList<>());
        }
        runs.of(ChaosEngine.LIMITED_BEGAN)
                .forEach((number, notes) -> notes.forEach(began -> {
                    long end = done.getOrDefault(number, List.of()).stream()
                            .filter(note -> note.worker().equals(began.worker()))
                            .mapToLong(Note::at)
                            .findFirst()
                            .orElseGet(() -> killedAt.getOrDefault(began.worker(), Long.MAX_VALUE));
                    changes.get(number / MOST_OF_A_KEY).add(new long[] {began.at(), 1});
                    changes.get(number / MOST_OF_A_KEY).add(new long[] {end, -1});
                }));
        int most = 0;
        for (List<long[]> ofKey : changes) {
            // At the same millisecond ends come first: that one job was over before another began is not to be held
            // against it.
            ofKey.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
            int now = 0;
            for (long[] change : ofKey) {
                now += (int) change[1];
                most = Math.max(most, now);
            }
        }
        return most;
    }
}
