package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Worker processes that die and stall under load. */
class KilledWorkersIT extends ChaosBase {

    private static final Duration BACK = LEASE.plus(LEASE.dividedBy(2)); // 45 s with the default lease of 30 s

    private Map<String, String> broker;
    private Goose client;

    @BeforeEach
    void startRedis() {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        broker = Map.of("url", redis.url().toString());
        client = client(broker);
    }

    @Test
    @DisplayName("6.10: kill -9 of a worker under load: no job is lost")
    void workersAreKilledAgainAndAgain_noJobIsLost() throws Exception {
        List<WorkerJvm> workers = new ArrayList<>(List.of(worker(broker), worker(broker), worker(broker)));
        enqueueMarks(client.client(), 0, JOBS);
        Random random = new Random(1);
        int kills = 0;
        for (; kills < KILLS; kills++) {
            int before = runs(ChaosEngine.MARK).size();
            await(Duration.ofSeconds(30), () -> runs(ChaosEngine.MARK).size() > before + JOBS / (KILLS * 3));
            int victim = random.nextInt(workers.size());
            workers.get(victim).kill();
            workers.set(victim, worker(broker));
        }
        int done = runs(ChaosEngine.MARK).size();
        Map<Integer, Integer> runs = awaitAll(ChaosEngine.MARK, JOBS, Duration.ofMinutes(4));
        await(BACK.plusSeconds(60), () -> isEmpty());
        report(
                "killed workers",
                "%d jobs, %d kills, %d done at the last kill, lost 0, run again %d",
                JOBS,
                kills,
                done,
                duplicates(runs));
        assertThat(stats().waiting() + stats().running() + stats().scheduled()).isZero();
        // A kill repeats at most what was running or finished and unwritten: the threads and 256 outcomes.
        assertThat(duplicates(runs)).isLessThanOrEqualTo(kills * (THREADS + 256));
    }

    @Test
    @DisplayName("Orphans of a killed worker are back in one and a half leases")
    void workerIsKilledInItsJobs_anotherHasThemInTime() throws Exception {
        WorkerJvm victim = worker(broker);
        for (int i = 0; i < THREADS; i++) {
            client.client().performAsync(JobCall.of(ChaosEngine.SLOW, i, (int)
                    LEASE.multipliedBy(3).toMillis()));
        }
        awaitAll(ChaosEngine.BEGAN, THREADS, Duration.ofSeconds(30));
        WorkerJvm heir = worker(broker);
        await(Duration.ofSeconds(20), () -> client.admin().stats("default").waiting() == 0);
        Thread.sleep(1_000); // the heir's first beats; it has nothing to do yet
        victim.kill();
        long killed = System.nanoTime();
        await(BACK.multipliedBy(2), () -> duplicates(runs(ChaosEngine.BEGAN)) >= 1);
        Duration first = Duration.ofNanos(System.nanoTime() - killed);
        report("orphans", "the first orphan ran again %s after the kill", first);
        assertThat(first).isLessThan(BACK);
        assertThat(heir.isAlive()).isTrue();
    }

    @Test
    @DisplayName("6.10: a poison job is buried, and only that one")
    void oneJobKillsItsWorker_exactlyThatOneIsBuried() throws Exception {
        int jobs = 1_000;
        enqueueMarks(client.client(), 0, jobs / 2);
        client.client().performAsync(JobCall.of(ChaosEngine.KILLER, 0));
        enqueueMarks(client.client(), jobs / 2, jobs - 1);
        WorkerJvm worker = worker(broker);
        int crashes = 0;
        long deadline =
                System.nanoTime() + LEASE.multipliedBy(20).plusSeconds(60).toNanos();
        while (stats().dead() == 0 || runs(ChaosEngine.MARK).size() < jobs - 1) {
            assertThat(System.nanoTime() - deadline)
                    .as("time over; %s", stats())
                    .isNegative();
            if (!worker.isAlive()) {
                assertThat(worker.awaitExit(Duration.ZERO)).isEqualTo(ChaosEngine.KILLED);
                crashes++;
                worker = worker(broker);
            }
            Thread.sleep(100);
        }
        await(BACK, () -> isEmpty());
        report(
                "poison",
                "%d crashes, buried %d, %s",
                crashes,
                stats().dead(),
                duplicates(runs(ChaosEngine.MARK)) + " run again");
        assertThat(stats().dead()).isEqualTo(1);
        assertThat(client.admin()
                        .list("default", Place.DEAD, 0, 10)
                        .get(0)
                        .job()
                        .envelope()
                        .text())
                .contains("\"handler\":\"killer\"");
        assertThat(crashes).isEqualTo(3);
        assertThat(runs(ChaosEngine.MARK)).hasSize(jobs - 1);
    }

    @Test
    @DisplayName("6.10: a worker paused past its lease is fenced")
    void workerStallsPastItsLease_itsJobsRunElsewhereAndItComesBack() throws Exception {
        WorkerJvm stalled = worker(broker);
        int jobs = JOBS / 10;
        enqueueMarks(client.client(), 0, jobs);
        await(Duration.ofSeconds(30), () -> runs(ChaosEngine.MARK).size() > jobs / 10);
        stalled.pause();
        WorkerJvm other = worker(broker);
        awaitAll(ChaosEngine.MARK, jobs, LEASE.multipliedBy(4).plusSeconds(60));
        stalled.resume();
        other.stop();
        enqueueMarks(client.client(), jobs, 2 * jobs);
        Map<Integer, Integer> runs = awaitAll(ChaosEngine.MARK, 2 * jobs, Duration.ofMinutes(2));
        await(BACK, () -> isEmpty());
        report("stalled worker", "%d jobs, lost 0, run again %d", 2 * jobs, duplicates(runs));
        assertThat(isEmpty()).as("%s", stats()).isTrue();
        assertThat(duplicates(runs)).isLessThanOrEqualTo(THREADS + 256);
        assertThat(stats().dead()).isZero();
    }

    private QueueStats stats() {
        return client.admin().stats("default");
    }

    private boolean isEmpty() {
        QueueStats now = stats();
        return now.waiting() + now.running() + now.scheduled() == 0;
    }
}
