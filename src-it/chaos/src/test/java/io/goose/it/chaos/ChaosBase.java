package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.job.JobId;
import io.goose.se.Goose;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the crash tests share: sizes, worker processes, and the counting of every job. */
abstract class ChaosBase {

    static final int JOBS = Integer.getInteger("chaos.jobs", 8_000);
    static final int KILLS = Integer.getInteger("chaos.kills", 4);
    static final Duration LEASE = Duration.ofSeconds(Long.getLong("chaos.lease.seconds", 4));
    static final int THREADS = 25;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    <T extends AutoCloseable> T closeLater(T resource) {
        open.add(resource);
        return resource;
    }

    WorkerJvm worker(Map<String, String> broker) throws IOException {
        return closeLater(WorkerJvm.start(folder, broker, THREADS, LEASE));
    }

    Goose client(Map<String, String> broker) {
        return closeLater(ChaosEngine.client(broker));
    }

    static void enqueueMarks(GooseClient goose, int from, int to) {
        List<JobCall> calls = new ArrayList<>();
        for (int i = from; i < to; i++) {
            calls.add(JobCall.of(ChaosEngine.MARK, i));
        }
        goose.performAll(calls);
    }

    /** Enqueues one job as an application would that wants it done: again with the same id until it is accepted. */
    static void insist(GooseClient goose, JobCall call) throws InterruptedException {
        JobId id = JobId.of(UUID.randomUUID());
        while (true) {
            try {
                goose.with(o -> o.id(id)).performAsync(call);
                return;
            } catch (BrokerUnavailableException | EnqueueOutcomeUnknownException away) {
                Thread.sleep(50);
            }
        }
    }

    Map<Integer, Integer> runs(String what) throws IOException {
        return RunLog.count(folder, what);
    }

    /** Waits until all jobs ran at least once; tells which did not if that takes too long. */
    Map<Integer, Integer> awaitAll(String what, int jobs, Duration atMost) throws Exception {
        await(atMost, () -> runs(what).size() == jobs);
        Map<Integer, Integer> runs = runs(what);
        assertThat(runs.keySet()).as("jobs that ran").hasSize(jobs);
        return runs;
    }

    static void await(Duration atMost, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.call() && System.nanoTime() - deadline < 0) {
            Thread.sleep(100);
        }
    }

    static int duplicates(Map<Integer, Integer> runs) {
        return runs.values().stream().mapToInt(n -> n - 1).sum();
    }

    static void report(String test, String format, Object... values) {
        System.out.println("[chaos] " + test + ": " + String.format(format, values));
    }
}
