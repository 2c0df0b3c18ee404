package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
