package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.RedisServer;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that enqueues through the packed resource adapter and writes rows, both in a distributed transaction with a real transaction manager,
 * is killed at each point. The next one recovers. Then each row has its job, once, and no job is there without a row.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class XaCrashBase {

    static final int CRASHES = Integer.getInteger("chaos.crashes", 1);
    static final long PATIENCE_SECONDS = 120;

    private static final Set<XaPoint> ALL = EnumSet.complementOf(EnumSet.of(XaPoint.NEVER));
    private static final Set<XaPoint> SHORT =
            EnumSet.of(XaPoint.BEFORE_PREPARE, XaPoint.AFTER_PREPARE, XaPoint.DURING_COMMIT);

    /** The n-th time counts, with n one of so many. */
    private static final int TIMES = 5;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder = Path.of("");

    private String adapter = "";
    Broker broker;
    private int processes;

    /** Starts servers that fsync always; the properties of a broker that uses them. */
    abstract Map<String, String> startServers();

    abstract void stopServers();

    private Map<String, String> properties = Map.of();

    @BeforeAll
    void start() throws IOException {
        adapter = System.getProperty("chaos.adapter", "");
        if (adapter.isEmpty()) {
            adapter =
                    unpack(Path.of("../../goose-jca-adapter/target/goose-jca-adapter.rar"), folder.resolve("adapter"));
        }
        properties = startServers();
        broker = XaSettle.broker(properties);
    }

    @AfterAll
    void stop() {
        broker.close();
        stopServers();
    }

    /** The archive's jars, as a class path. */
    private static String unpack(Path archive, Path to) throws IOException {
        Files.createDirectories(to);
        List<String> jars = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".jar")) {
                    Path jar = to.resolve(Path.of(entry.getName()).getFileName().toString());
                    copy(zip, jar);
                    jars.add(jar.toString());
                }
            }
        }
        return String.join(java.io.File.pathSeparator, jars);
    }

    private static void copy(InputStream from, Path to) throws IOException {
        Files.copy(from, to);
    }

    @Test
    void aProcessThatDiesInATransaction_leavesRowsAndJobsTogether() throws Exception {
        List<String> ran = new ArrayList<>();
        for (int round = 0; round < CRASHES; round++) {
            int number = round;
            for (XaPoint point : CRASHES == 1 ? SHORT : ALL) {
                run(point, 1 + number++ % TIMES, XaProcess.ENQUEUE);
            }
            // Whoever dies next has recovered what the one before has left, and of each round the last is recovered by
            // one that lives.
            run(XaPoint.NEVER, 0, XaProcess.ENQUEUE);
            assertRowsAndJobsAreTogether(ran);
        }
        assertThat(ran).as("jobs").hasSizeGreaterThan(2);
    }

    private void assertRowsAndJobsAreTogether(List<String> ran) throws Exception {
        assertThat(broker.branches().prepared()).isEmpty();
        ran.addAll(drain());
        assertThat(ran).containsExactlyInAnyOrderElementsOf(rows());
    }

    /** Its transactions are those of deliveries: what a bean's jobs write is there with their end, or neither is. */
    @Test
    void aProcessThatDiesInTheTransactionsOfDeliveries_leavesEachJobDoneOnceOrToBeDone() throws Exception {
        Map<String, String> kinds = new LinkedHashMap<>();
        for (int round = 0; round < CRASHES; round++) {
            int number = round;
            for (XaPoint point : CRASHES == 1 ? SHORT : ALL) {
                kinds.putAll(send(Map.of(XaWorker.PLAIN, 3, XaWorker.FAILS, 2, XaWorker.VETOED, 2)));
                run(point, 1 + number++ % TIMES, XaProcess.INBOUND);
            }
            expireWorkers();
            run(XaPoint.NEVER, 0, XaProcess.INBOUND);
            assertEachHasItsRowOnceAndIsGone(kinds);
        }
    }

    /** Nobody recovers before its lease is over; then the transaction manager does, which had decided nothing. */
    @Test
    void aDeliveredJobThatIsPrepared_isLeftToItsBranch_longPastItsLease_andItsEffectHappensOnce() throws Exception {
        for (int round = 0; round < CRASHES; round++) {
            Map<String, Integer> before = effects();
            String job = prepareAndDie(XaPoint.AFTER_PREPARE);
            run(XaPoint.NEVER, 0, XaProcess.INBOUND);

            assertThat(begun(job)).as("it was rolled back, and is run again").isEqualTo(2);
            assertOnlyThisWasAdded(job, before);
        }
    }

    /** The same where it was decided: the job must not be run again. */
    @Test
    void aDeliveredJobWhoseCommitWasDecided_isDone_longPastItsLease_andNotRunAgain() throws Exception {
        for (int round = 0; round < CRASHES; round++) {
            Map<String, Integer> before = effects();
            String job = prepareAndDie(XaPoint.BEFORE_COMMIT);
            run(XaPoint.NEVER, 0, XaProcess.INBOUND);

            assertThat(begun(job)).isEqualTo(1);
            assertOnlyThisWasAdded(job, before);
        }
    }

    private String prepareAndDie(XaPoint point) throws Exception {
        String job = send(Map.of(XaWorker.PLAIN, 1)).keySet().iterator().next();
        run(point, 1, XaProcess.INBOUND);
        assertThat(broker.branches().prepared()).hasSize(1);
        expireWorkers();
        try (Session reaper = XaSettle.worker(broker, List.of(XaProcess.WORK), Duration.ofMinutes(5))) {
            beatUntil(reaper, () -> broker.housekeeping().workers().size() <= 1);
            assertThat(reaper.lease(XaProcess.WORK, 10, 1 << 20).leases())
                    .as("nobody may have it")
                    .isEmpty();
        }
        return job;
    }

    /** Beats and sweeps until this tells that the dead worker was given up. */
    static void beatUntil(Session reaper, Callable<Boolean> givenUp) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!givenUp.call()) {
            assertThat(System.nanoTime())
                    .as("the dead worker was never given up")
                    .isLessThan(end);
            reaper.renew();
            reaper.sweep();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void assertOnlyThisWasAdded(String job, Map<String, Integer> before) throws Exception {
        assertThat(broker.branches().prepared()).isEmpty();
        assertThat(broker.find(XaProcess.WORK, new JobId(job))).isEmpty();
        Map<String, Integer> after = effects();
        assertThat(after.remove(job)).isEqualTo(1);
        assertThat(after).isEqualTo(before);
        forgetEffect(job);
    }

    /** The other test counts all. */
    private static void forgetEffect(String job) throws Exception {
        try (Connection connection = XaProcess.database(folder.toString()).getConnection();
                PreparedStatement statement = connection.prepareStatement("DELETE FROM effect WHERE job = ?")) {
            statement.setString(1, job);
            statement.executeUpdate();
        }
    }

    /** Jobs of the bean; by their ids, of which kind they are. */
    final Map<String, String> send(Map<String, Integer> counts) {
        Map<String, String> kinds = new LinkedHashMap<>();
        List<QueuedJob> jobs = new ArrayList<>();
        counts.forEach((kind, count) -> {
            for (int n = 0; n < count; n++) {
                JobId id = JobId.random();
                Envelope envelope = Envelope.builder(
                                id, kind, XaProcess.WORK, JsonValue.EMPTY_JSON_ARRAY, Instant.now())
                        .retry(new Envelope.Retry(27, null, false, "fixed:PT0.05S"))
                        .build();
                jobs.add(new QueuedJob(XaProcess.WORK, id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH));
                kinds.put(id.value(), kind);
            }
        });
        assertThat(broker.send(jobs).toCompletableFuture().join()).containsOnly(SendResult.Accepted.INSTANCE);
        return kinds;
    }

    /** As long as it takes: what dead workers have leased is free, but for what branches have. */
    final void expireWorkers() throws IOException {
        for (RedisServer server : servers()) {
            try {
                server.call(
                        "EVAL",
                        "for _, s in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do if string.sub(s, 1, 3) ~= 'xa:' then"
                                + " redis.call('ZADD', KEYS[1], 'XX', '1', s) end end",
                        "1",
                        XaProcess.NAMESPACE + ":{" + XaProcess.WORK + "}:sess");
            } catch (IOException another) {
                assertThat(another).hasMessageContaining("MOVED");
            }
        }
    }

    final void assertEachHasItsRowOnceAndIsGone(Map<String, String> kinds) throws Exception {
        assertThat(broker.branches().prepared()).isEmpty();
        assertThat(broker.stats(XaProcess.WORK)).satisfies(stats -> assertThat(
                        stats.waiting() + stats.running() + stats.scheduled() + stats.dead() + stats.parked())
                .as(stats.toString())
                .isZero());
        Map<String, Integer> effects = effects();
        assertThat(effects.keySet()).isEqualTo(kinds.keySet());
        assertThat(effects).as("what failed counts as an attempt").allSatisfy((job, attempt) -> assertThat(attempt)
                .isGreaterThanOrEqualTo(XaWorker.PLAIN.equals(kinds.get(job)) ? 1 : 2));
    }

    /** What the bean's jobs have done: in which attempt. */
    static Map<String, Integer> effects() throws Exception {
        try (Connection connection = XaProcess.database(folder.toString()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT job, attempt FROM effect")) {
            Map<String, Integer> effects = new HashMap<>();
            while (rows.next()) {
                effects.put(rows.getString(1), rows.getInt(2));
            }
            return effects;
        }
    }

    /** How often a job has begun, in all processes. */
    static long begun(String job) throws IOException {
        long begun = 0;
        try (Stream<Path> logs = Files.list(folder)) {
            for (Path log :
                    logs.filter(path -> path.toString().endsWith(".log")).toList()) {
                begun += Files.readAllLines(log).stream()
                        .filter((XaWorker.RAN + job)::equals)
                        .count();
            }
        }
        return begun;
    }

    /** The servers that were started. */
    abstract List<RedisServer> servers();

    void run(XaPoint point, int number, String what) throws Exception {
        Path log = folder.resolve("process-" + ++processes + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                XaProcess.class.getName(),
                folder.toString(),
                adapter,
                point.name(),
                Integer.toString(number),
                what));
        String url = properties.getOrDefault("url", "");
        String nodes = properties.getOrDefault("nodes", "");
        command.add("Url=" + (url.isEmpty() ? "redis://" + nodes.split(",", -1)[0] : url));
        if (url.isEmpty()) {
            command.add("Settings=mode=cluster;nodes=" + nodes);
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean hasEnded = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(hasEnded).as(() -> point + ": " + text(log)).isTrue();
            assertThat(process.exitValue())
                    .as(() -> point + ": " + text(log))
                    .isEqualTo(point == XaPoint.NEVER ? 0 : XaProcess.KILLED);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private List<String> drain() {
        List<String> ran = new ArrayList<>();
        try (Session session = XaSettle.worker(broker, XaProcess.QUEUES, Duration.ofMinutes(5))) {
            XaProcess.QUEUES.forEach(queue -> ran.addAll(runAll(session, queue)));
        }
        return ran;
    }

    static List<String> runAll(Session session, String queue) {
        List<String> ran = new ArrayList<>();
        List<Lease> leases = session.lease(queue, 100, 1 << 20).leases();
        while (!leases.isEmpty()) {
            leases.forEach(lease -> ran.add(lease.job().id().value()));
            assertThat(session.settle(leases.stream()
                            .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                            .toList()))
                    .containsOnly(Verdict.APPLIED);
            leases = session.lease(queue, 100, 1 << 20).leases();
        }
        return ran;
    }

    static Set<String> rows() throws Exception {
        try (Connection connection = XaProcess.database(folder.toString()).getConnection();
                Statement statement = connection.createStatement()) {
            List<String> jobs = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT job FROM business")) {
                while (rows.next()) {
                    jobs.add(rows.getString(1));
                }
            }
            return jobs.stream().collect(Collectors.toSet());
        }
    }
}
