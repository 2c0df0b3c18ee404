package io.goose.it.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.it.producer.Sink.Item;
import io.goose.it.producer.Sink.Received;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.se.Goose;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What a program that knows only the page enqueues, a worker runs. */
class NodeProducerIT {

    private static final String NAMESPACE = "node-it";
    private static RedisServer redis;
    private static NodeProgram program;

    private final Sink sink = new Sink();
    private String queue;
    private Goose goose;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.startAny();
        program = new NodeProgram(redis.port(), NAMESPACE);
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void buildWorker(TestInfo test) {
        queue = "q-" + test.getTestMethod().orElseThrow().getName();
        goose = Goose.builder()
                .config("goose.broker.main.url", redis.url().toString())
                .config("goose.namespace", NAMESPACE)
                .config("goose.worker.queues", queue + ":1")
                .config("goose.worker.threads", "1")
                .register(sink)
                .build();
    }

    @AfterEach
    void stopWorker() {
        goose.close();
    }

    @Test
    void argumentsOfAllKinds_arrive() throws Exception {
        JsonObject said = program.run(queue, "kinds");
        goose.start();

        assertThat(said.getString("answer")).isEqualTo("AAA");
        assertThat(List.of(next(), next(), next()))
                .containsExactly(
                        new Received(
                                -1,
                                "",
                                "x",
                                new Item("ü", List.of(), null),
                                List.of(9007199254740991L, 9007199254740992L)), // asked for the front
                        new Received(
                                Long.MAX_VALUE,
                                "Zoë 東京 🦢 \"\\\n",
                                null,
                                new Item("A-1", List.of(1L, Long.MIN_VALUE), LocalDate.of(2026, 1, 2)),
                                List.of()),
                        new Received(0, "\0", null, null, null));
        awaitEmpty();
    }

    @Test
    void manyInOneCall_runInOrder() throws Exception {
        JsonObject said = program.run(queue, "many");
        goose.start();

        assertThat(said.getString("answer")).isEqualTo("A".repeat(500));
        for (long expected : LongStream.range(0, 500).toArray()) {
            assertThat(next().number()).isEqualTo(expected);
        }
    }

    @Test
    void scheduledJob_runsWhenItIsDueAndNotBefore() throws Exception {
        goose.start();
        JsonObject said = program.run(queue, "scheduled");

        assertThat(next().text()).isEqualTo("scheduled");
        assertThat(Instant.now().toEpochMilli())
                .isGreaterThanOrEqualTo(said.getJsonNumber("runAt").longValue());
    }

    @Test
    void repeatedEnqueue_runsOnce() throws Exception {
        goose.start();
        JsonObject said = program.run(queue, "repeated");

        assertThat(said.getString("answer")).isEqualTo("A");
        assertThat(said.getString("repeated")).isEqualTo("A");
        assertThat(said.getString("anew")).isEqualTo("E");
        assertThat(next().text()).isEqualTo("repeated");
        awaitEmpty();
        assertThat(sink.received).isEmpty();
    }

    @Test
    @DisplayName("R27: what cannot be read is set aside with its bytes unchanged")
    void badJobs_areSetAsideOrLeftToOthers_withTheirBytesUnchanged() throws Exception {
        goose.start();
        JsonObject said = program.run(queue, "bad");
        List<JobId> ids = NodeProgram.ids(said);

        StoredJob twice = await(ids.get(0), job -> job.place() == Place.PARKED);
        StoredJob newer = await(ids.get(1), job -> job.job().state().unknownSince() != null);
        StoredJob stranger = await(ids.get(2), job -> job.job().state().unknownSince() != null);
        StoredJob wrongArguments = await(ids.get(3), job -> job.job().state().attempt() == 2);

        assertThat(wrongArguments.job().state().failures().last().message())
                .contains("the job has 1 arguments, its method takes 5");
        List<StoredJob> jobs = List.of(twice, newer, stranger, wrongArguments);
        for (int i = 0; i < jobs.size(); i++) {
            assertThat(jobs.get(i).job().envelope().text())
                    .isEqualTo(said.getJsonArray("envelopes").getString(i))
                    .contains("\"x-node\"");
        }
        assertThat(List.of(twice, newer, stranger))
                .allSatisfy(job -> assertThat(job.job().state().attempt()).isEqualTo(1));
        assertThat(sink.received).isEmpty();
    }

    private Received next() throws InterruptedException {
        Received received = sink.received.poll(60, TimeUnit.SECONDS);
        assertThat(received).as("a job runs").isNotNull();
        return received;
    }

    private StoredJob await(JobId id, Predicate<StoredJob> wanted) throws InterruptedException {
        StoredJob job = null;
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); System.nanoTime() - end < 0; ) {
            job = goose.admin().find(id).orElse(null);
            if (job != null && wanted.test(job)) {
                return job;
            }
            TimeUnit.MILLISECONDS.sleep(20); // another process' state has no latch
        }
        throw new AssertionError("not as wanted after 60 s: " + job);
    }

    private void awaitEmpty() throws InterruptedException {
        QueueStats stats = null;
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); System.nanoTime() - end < 0; ) {
            stats = goose.admin().stats(queue);
            if (stats.waiting() + stats.running() + stats.scheduled() == 0) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new AssertionError("not empty after 60 s: " + stats);
    }
}
