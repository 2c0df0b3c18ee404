package io.goose.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The studio as the run command starts it: the same WAR on one of the servers, its jobs in an H2 file or in a Redis. */
abstract class StudioContract {

    static final int SAMPLES = 7;
    static final int TASKS = 4;

    private final String server;

    @TempDir
    Path dir;

    private ServerUse use;

    StudioContract(String server) {
        this.server = server;
    }

    @BeforeEach
    void takeTheServer() throws IOException {
        use = ServerUse.of(server);
    }

    @AfterEach
    void leaveTheServer() throws IOException {
        use.close();
    }

    @Test
    void photosAreDeveloped_aBrokenOneDies_andNothingIsLeftRunning() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(System.getProperty("it.studio.photo")));
        byte[] broken = Arrays.copyOf(whole, whole.length / 3);
        String interrupted;
        try (RunningStudio studio = RunningStudio.start(server, "", dir)) {
            StudioVisitor visitor = new StudioVisitor(studio.httpPort());
            assertThat(visitor.gallery().getJsonArray("photos")).hasSize(SAMPLES);
            assertThat(new StudioPage(studio.httpPort()).progress())
                    .contains(new StudioPage.Progress(true, 0, SAMPLES * TASKS, 0));

            String shoot = visitor.openShoot();
            String good = visitor.bring(shoot, "good.jpg", whole);
            String bad = visitor.bring(shoot, "bad.jpg", broken);
            visitor.endShoot(shoot);
            visitor.awaitDue("2 photos");
            visitor.await(good, tasks -> count(tasks, "DONE") == TASKS);
            assertThat(ImageIO.read(new ByteArrayInputStream(visitor.picture(good, 160)))
                            .getWidth())
                    .isEqualTo(160);
            assertThat(visitor.await(bad, tasks -> count(tasks, "DEAD") == TASKS - 1))
                    .filteredOn(task -> task.state().equals("DEAD"))
                    .allSatisfy(task -> {
                        assertThat(task.attempt()).isEqualTo(3);
                        assertThat(task.note()).contains("damaged");
                    });
            assertThat(visitor.awaitNotice(shoot))
                    .contains("2 photos, 5 of 8 jobs done")
                    .contains("1 could not be developed");

            assertThat(visitor.due()).isEmpty();
            assertThat(visitor.replayInVain("no-id".repeat(20))).contains("not in the dead set");

            awaitDead(visitor, TASKS - 1);
            List<String> dead = visitor.dead();
            visitor.replay(dead.get(0));
            visitor.await(bad, tasks -> count(tasks, "DEAD") == TASKS - 1);
            awaitDead(visitor, TASKS - 1);
            visitor.discard(dead.get(0));
            assertThat(visitor.dead()).hasSize(TASKS - 2).doesNotContain(dead.get(0));

            assertWorkings(visitor, shoot);
            assertThat(RunningStudio.read(dir.resolve(server + ".log")))
                    .as("the log of the server")
                    .contains("GOOSE-4105", "makeThumbnail")
                    .contains("GOOSE-3050: jobs are kept in H2", "database/jobs")
                    .doesNotContain("GOOSE-3051", "GOOSE-4305", "GOOSE-4306", "GOOSE-4308")
                    .doesNotContain("SLF4J"); // it complains where the client's warnings would be lost

            interrupted = visitor.bring(visitor.openShoot(), "interrupted.jpg", broken);
            visitor.await(interrupted, tasks -> count(tasks, "RETRYING") > 0);
            assertThat(studio.stop()).isEmpty();
        }
        try (RunningStudio studio = RunningStudio.start(server, "", dir)) {
            StudioVisitor visitor = new StudioVisitor(studio.httpPort());
            assertThat(visitor.gallery().getJsonArray("photos")).hasSize(SAMPLES + 3);
            assertThat(visitor.await(interrupted, tasks -> count(tasks, "DEAD") == TASKS - 1))
                    .filteredOn(task -> task.state().equals("DEAD"))
                    .extracting(StudioVisitor.Task::attempt)
                    .as("the attempts before the stop are counted")
                    .containsOnly(3);
            studio.kill();
            assertThat(studio.left()).hasSizeGreaterThanOrEqualTo(2); // the server and its port
            try (RunningStudio next = RunningStudio.start(server, "", dir)) {
                assertThat(studio.left()).as("what the killed run had left").isEmpty();
                assertThat(new StudioVisitor(next.httpPort()).gallery().getJsonArray("photos"))
                        .hasSize(SAMPLES + 3);
                assertThat(next.stop()).isEmpty();
            }
        }
    }

    /** The launcher is killed: the next run finds the server and the Redis of the killed one, ends both, and goes on with the jobs. */
    @Test
    void withRedis_jobsOutliveTheRunToo_andNothingIsLeftRunning() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(System.getProperty("it.studio.photo")));
        byte[] broken = Arrays.copyOf(whole, whole.length / 3);
        String interrupted;
        try (RunningStudio studio = RunningStudio.start(server, "redis", dir)) {
            assertThat(studio.broughtRedis()).isTrue();
            StudioVisitor visitor = new StudioVisitor(studio.httpPort());
            String shoot = visitor.openShoot();
            visitor.bring(shoot, "good.jpg", whole);
            visitor.bring(shoot, "bad.jpg", broken);
            visitor.endShoot(shoot);
            assertWorkings(visitor, shoot);
            interrupted = visitor.bring(visitor.openShoot(), "interrupted.jpg", broken);
            visitor.await(interrupted, tasks -> count(tasks, "RETRYING") > 0);
            studio.kill();
            assertThat(studio.left()).hasSizeGreaterThanOrEqualTo(4); // server, Redis and a port of each
            try (RunningStudio next = RunningStudio.start(server, "redis", dir)) {
                assertThat(studio.left()).as("what the killed run had left").isEmpty();
                assertThat(new StudioVisitor(next.httpPort())
                                .await(interrupted, tasks -> count(tasks, "DEAD") == TASKS - 1))
                        .filteredOn(task -> task.state().equals("DEAD"))
                        .hasSize(TASKS - 1);
                assertThat(RunningStudio.read(dir.resolve(server + ".log"))).doesNotContain("GOOSE-3050");
                assertThat(next.stop()).isEmpty();
            }
        }
    }

    @Test
    void aTakenPort_isReportedAtOnce_withTheWayToChooseAnother() throws IOException, InterruptedException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path output = dir.resolve("launcher.out");
            Process launcher =
                    RunningStudio.launch(server, Layout.WAR, "", dir, output, other.getLocalPort(), TestPorts.next());
            assertThat(launcher.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(launcher.exitValue()).isNotZero();
            assertThat(RunningStudio.read(output))
                    .contains("port " + other.getLocalPort() + " (page) is taken")
                    .contains("-Dhttp.port=")
                    .doesNotContain("Starting");
        }
    }

    /** The batch with its callback, the recurring job, the unique job and the limit, for a shoot of a good photo and a bad one. */
    static void assertWorkings(StudioVisitor visitor, String shoot) throws IOException, InterruptedException {
        JsonObject workings = visitor.awaitWorkings(now -> StudioVisitor.batch(now, shoot)
                .filter(b -> b.getBoolean("sheet"))
                .isPresent());
        assertThat(workings.getJsonObject("missing")).isEmpty();
        JsonObject batch = StudioVisitor.batch(workings, shoot).orElseThrow();
        assertThat(batch.getString("state")).isEqualTo("partial-success");
        assertThat(List.of(batch.getInt("ended"), batch.getInt("total"), batch.getInt("dead")))
                .containsExactly(2, 2, 1);
        assertThat(ImageIO.read(new ByteArrayInputStream(visitor.made("sheets/" + shoot + ".jpg"))))
                .isNotNull();

        JsonObject first = visitor.orderArchive();
        JsonObject second = visitor.orderArchive();
        int ordered = 2;
        for (; ordered < 9 && second.getString("outcome").equals("ADDED"); ordered++) {
            first = second; // the one before was packed already
            second = visitor.orderArchive();
        }
        assertThat(first.getString("outcome")).isEqualTo("ADDED");
        assertThat(second.getString("outcome")).isEqualTo("EXISTS");
        assertThat(second.getString("job")).isEqualTo(first.getString("job"));
        workings = visitor.awaitWorkings(now -> now.getJsonObject("archive").getInt("bytes") > 0
                && now.containsKey("cleanUp")
                && now.getJsonObject("cleanUp").getInt("runs") > 0);
        assertThat(workings.getJsonObject("archive").getInt("ordered")).isEqualTo(ordered);
        assertThat(workings.getJsonObject("archive").getInt("refused")).isEqualTo(1);
        assertThat(visitor.made("archive.zip")).startsWith('P', 'K');
        assertThat(workings.getJsonObject("cleanUp").getInt("nextInMillis")).isLessThanOrEqualTo(15_000);
        JsonObject printer = workings.getJsonObject("printer");
        assertThat(List.of(printer.getInt("concurrent"), printer.getInt("rate")))
                .containsExactly(2, 5);
        assertThat(printer.getInt("running")).isBetween(0, 2);
    }

    /** The handler that the page learns from is called before the broker buries the job. */
    static void awaitDead(StudioVisitor visitor, int size) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (visitor.dead().size() != size) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
            Thread.sleep(100);
        }
    }

    static long count(List<StudioVisitor.Task> tasks, String state) {
        return tasks.stream().filter(task -> task.state().equals(state)).count();
    }
}
