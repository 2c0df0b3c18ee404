package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.goose.BrokerUnavailableException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.QueueNames;
import io.goose.admin.QueueStats;
import io.goose.se.Goose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the crash tests share: sizes, worker processes, and the counting of every job. */
@Timeout(15 * 60)
abstract class ChaosBase {

    static final int JOBS = Integer.getInteger("chaos.jobs", 8_000);
    static final int KILLS = Integer.getInteger("chaos.kills", 4);
    static final Duration LEASE = Duration.ofSeconds(Long.getLong("chaos.lease.seconds", 4));
    static final int THREADS = 25;

    /** How many outcomes of finished jobs a worker holds unwritten at most. */
    static final int UNWRITTEN = 256;

    /**
     * When the jobs of a dead worker are free at the latest: its lease ends, and another finds that at two of its beats. Then a
     * moment, which is long where the processors are others' too.
     */
    static final Duration BACK =
            LEASE.plus(ChaosEngine.heartbeat(LEASE).multipliedBy(2)).plusSeconds(15);

    /** What takes a moment, on a slow and busy machine. */
    static final Duration SOON = BACK.plusSeconds(90);

    /** Time enough for all jobs, on a slow and busy machine. */
    static final Duration ALL = Duration.ofSeconds(90 + JOBS / 200);

    static final Pattern LOST_LEASES = Pattern.compile("GOOSE-4005: (\\S+) leases");
    static final Pattern RESCUED = Pattern.compile(
            "GOOSE-4006: .*: (\\S+) jobs of dead workers returned, (\\S+) that were perhaps running .*, (\\S+) buried");
    static final Pattern REFUSED = Pattern.compile("(\\S+) of \\S+ outcomes came too late");
    static final Pattern LOOP_FAILED = Pattern.compile("GOOSE-4001: the loop (\\S+) (failed|has failed)");
    static final Pattern LOOP_RESUMED =
            Pattern.compile("GOOSE-4001: the loop (\\S+) works again after (\\d+) failures in (\\d+) s");

    private static final Pattern STARTED = Pattern.compile("GOOSE-4004: ");
    private static final int PAUSE_MILLIS = 50;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    Runs runs;

    /** How many counted jobs there are in all: numbers from 0 to before this. */
    final AtomicInteger jobs = new AtomicInteger();

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void readRuns() {
        runs = new Runs(folder);
    }

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

    /** Workers that are up, so that the first of them does not take all the work. */
    List<WorkerJvm> workers(Map<String, String> broker, int count) throws Exception {
        List<WorkerJvm> workers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            workers.add(worker(broker));
        }
        for (WorkerJvm worker : workers) {
            await(worker.name() + " is up", Duration.ofSeconds(60), () -> !worker.said(STARTED)
                    .isEmpty());
        }
        return workers;
    }

    Goose client(Map<String, String> broker) {
        HikariDataSource pool = ChaosEngine.pool(broker);
        if (pool != null) {
            closeLater(pool);
        }
        return closeLater(ChaosEngine.client(broker, pool));
    }

    Producers producers(Goose client) {
        return closeLater(new Producers(client.client(), jobs));
    }

    /** Enqueues more counted jobs, of all kinds, many at a time. */
    void enqueue(GooseClient goose, int count) {
        int from = jobs.getAndAdd(count);
        int to = from + count;
        Map<Kind, List<JobCall>> calls = new EnumMap<>(Kind.class);
        for (int i = from; i < to; i++) {
            calls.computeIfAbsent(Kind.of(i), kind -> new ArrayList<>()).add(JobCall.of(ChaosEngine.COUNTED, i));
        }
        calls.forEach((kind, same) -> {
            GooseClient client = goose.with(kind::with);
            if (kind == Kind.SCHEDULED) {
                same.forEach(call -> client.performIn(Kind.SOON, call));
            } else {
                client.performAll(same);
            }
        });
    }

    /** Enqueues more if little is left, so that a fault hits workers at work however quick they are; says how much there is. */
    long topUp(Goose client) {
        if (open(client) < JOBS / 8) {
            enqueue(client.client(), JOBS / 8);
        }
        return open(client);
    }

    /** A job that runs until {@link #release}. */
    void enqueueHeld(GooseClient goose, int number) {
        goose.performAsync(JobCall.of(ChaosEngine.HELD, number, releaseFile().toString()));
    }

    /** Lets the held jobs end. */
    void release() throws IOException {
        Files.createFile(releaseFile());
    }

    private Path releaseFile() {
        return folder.resolve("released");
    }

    /** How many jobs there are that are not done: waiting, running or scheduled. */
    static long open(Goose client) {
        long sum = 0;
        for (QueueStats queue : queues(client)) {
            sum += queue.waiting() + queue.running() + queue.scheduled();
        }
        return sum;
    }

    static List<QueueStats> queues(Goose client) {
        return List.of(client.admin().stats(QueueNames.DEFAULT), client.admin().stats(Kind.DETOUR));
    }

    static void awaitNothingOpen(Goose client) throws Exception {
        await("no job is open", SOON, () -> open(client) == 0);
    }

    /** Waits until all counted jobs that are enqueued are done. */
    void awaitDone() throws Exception {
        await("all of " + jobs + " jobs are done", ALL, () -> runs.jobs(ChaosEngine.DONE) == jobs.get());
    }

    /** Each job that should have failed has, and was retried where it should be. */
    void assertKindsWereObeyed() throws IOException {
        Set<Integer> done = runs.numbers(ChaosEngine.DONE);
        Set<Integer> failed = runs.numbers(ChaosEngine.FAILED);
        Set<Integer> detoured = runs.numbers(ChaosEngine.DETOURED);
        assertThat(failed).as("kinds that fail first").isNotEmpty();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < jobs.get(); i++) {
            Kind kind = Kind.of(i);
            if (done.contains(i)
                    && (failed.contains(i) != kind.failsFirst() || detoured.contains(i) != (kind == Kind.DETOURED))) {
                wrong.add(kind + " " + i);
            }
        }
        assertThat(wrong)
                .as("jobs that failed and moved otherwise than their kind says")
                .isEmpty();
    }

    /** How many runs came to an end that had been there before. */
    int runAgain() throws IOException {
        return runs.repeated(ChaosEngine.DONE) + runs.repeated(ChaosEngine.FAILED);
    }

    /** Waits for a condition, and fails if it does not come. A broker that is away is a no. */
    static void await(String what, Duration atMost, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            BrokerUnavailableException away = null;
            try {
                if (condition.call()) {
                    return;
                }
            } catch (BrokerUnavailableException e) {
                away = e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + atMost + ": " + what, away);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** The figures of a test, to be read by people. */
    static void report(String test, String figures) {
        System.out.println("[chaos] " + test + ": " + figures);
    }
}
