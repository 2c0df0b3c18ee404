package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.se.Goose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One large batch, of which jobs fail and die, on workers of which some are killed. */
@Timeout(60 * 60) // a million jobs on a slow and busy machine
class BatchChaosIT extends ChaosBase {

    private static final int MEMBERS = Integer.getInteger("chaos.batch.jobs", 5_000);
    private static final int KILLED = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(120 + MEMBERS / 500);
    private static final Pattern MEMORY = Pattern.compile("used_memory_peak:(\\d+)");

    /** The largest heap of a client that makes a batch, beyond what it had: far below the jobs, a million of which need hundreds. */
    private static final long MOST_CLIENT_MB = 64;

    @Test
    @DisplayName("6.10: workers are killed, the batch completes, and calls back once")
    void workersAreKilled_theBatchAddsUpAndCallsBackOnce() throws Exception {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        addsUpAndCallsBackOnce(
                MEMBERS, Map.of("url", redis.url().toString()), () -> "Redis %d MB at most".formatted(peakMb(redis)));
    }

    @Test
    void onPostgreSqlToo_theBatchAddsUpAndCallsBackOnce() throws Exception {
        DatabaseServer database = closeLater(PostgreSql.start());
        addsUpAndCallsBackOnce(
                Math.max(1_000, MEMBERS / 10),
                Map.of("kind", "jdbc", ChaosEngine.JDBC_URL, database.jdbcUrl()),
                () -> "PostgreSQL %d MB on disk".formatted(sizeMb(database)));
    }

    private void addsUpAndCallsBackOnce(int members, Map<String, String> broker, Callable<String> memory)
            throws Exception {
        Goose client = client(broker);
        List<WorkerJvm> workers = workers(broker, 3);
        String file = folder.resolve("replayed").toString();
        BatchId id = BatchId.draw(Instant.now());
        long heapBefore = heapMb();
        AtomicLong heapMost = new AtomicLong();
        Stream<JobCall> calls = IntStream.range(0, members).mapToObj(i -> {
            if (i % Math.max(1, members / 4) == 1) {
                heapMost.accumulateAndGet(heapMb(), Math::max);
            }
            return JobCall.of(ChaosEngine.MEMBER, i, file);
        });
        CompletableFuture<BatchId> made = CompletableFuture.supplyAsync(() -> client.client()
                .with(o -> o.maxRetries(1))
                .performBatch(b -> b.id(id).onComplete(ChaosEngine.CALLED), calls));
        List<WorkerJvm> mortal = new ArrayList<>(workers.subList(1, workers.size()));
        for (int kill = 1; kill <= KILLED; kill++) {
            int goal = members / (KILLED + 2) * kill;
            await("kill " + kill, PATIENCE, () -> ended(client, id) >= goal);
            mortal.remove(0).kill();
            mortal.add(worker(broker));
        }
        assertThat(made.get()).isEqualTo(id);
        int dead = members / 100;
        await("the batch is completed", PATIENCE, () -> status(client, id).completed() != null);
        assertThat(status(client, id).counts()).isEqualTo(new BatchStatus.Counts(members, 0, members - dead, dead, 0));
        await("the callback has run", BACK, () -> runs.total(ChaosEngine.CALLED) > 0);

        Files.createFile(folder.resolve("replayed"));
        assertThat(client.admin().replayAll(QueueNames.DEFAULT, Place.DEAD)).isEqualTo(dead);
        await(
                "what was replayed has run",
                PATIENCE,
                () -> status(client, id).counts().success() == members);
        awaitNothingOpen(client);
        report(
                "batch",
                "%d jobs, %d died and were replayed, %d workers killed: each counted once, 1 callback; heap of the client %d MB before, %d at most while it made the batch, of a worker 256 at most; %s"
                        .formatted(members, dead, KILLED, heapBefore, heapMost.get(), memory.call()));
        assertThat(status(client, id).state()).isEqualTo(BatchState.PARTIAL_SUCCESS);
        assertThat(runs.total(ChaosEngine.CALLED)).as("callbacks").isEqualTo(1);
        assertThat(runs.numbers(ChaosEngine.CALLED)).containsExactly(ChaosEngine.number(BatchState.PARTIAL_SUCCESS));
        assertThat(heapMost.get() - heapBefore).isLessThan(MOST_CLIENT_MB);
    }

    private static BatchStatus status(Goose client, BatchId id) {
        return client.client().batch(id).status().orElseThrow();
    }

    private static int ended(Goose client, BatchId id) {
        return client.client()
                .batch(id)
                .status()
                .map(now -> now.counts().ended())
                .orElse(0);
    }

    /** What is in use once what is not has been let go. */
    private static long heapMb() {
        System.gc();
        Runtime here = Runtime.getRuntime();
        return (here.totalMemory() - here.freeMemory()) >> 20;
    }

    private static long sizeMb(DatabaseServer database) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_database_size(current_database())")) {
            row.next();
            return row.getLong(1) >> 20;
        }
    }

    private static long peakMb(RedisServer redis) throws IOException {
        Object info = redis.call("INFO", "memory");
        String text = info instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(info);
        Matcher peak = MEMORY.matcher(text);
        assertThat(peak.find()).isTrue();
        return Long.parseLong(peak.group(1)) >> 20;
    }
}
