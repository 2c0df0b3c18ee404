package io.goose.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The studio whose broker is the resource adapter's, as the run command starts it: the photos are developed by the application's
 * worker and the notices are sent by its message-driven bean, both with nothing but the adapter's connections.
 */
class StudioAdapterIT {

    private static final int TASKS = StudioContract.TASKS;

    @TempDir
    Path dir;

    @Test
    void withTheAdapterAlone_theStudioWorks_andGoesOnAfterAStop() throws Exception {
        try (ServerUse use = ServerUse.of("wildfly")) {
            works("wildfly", Layout.RAR);
        }
    }

    @Tag("matrix")
    @ParameterizedTest
    @CsvSource({"wildfly, EAR", "liberty, RAR", "liberty, EAR"})
    void onEachServer_inEachLayout_theStudioWorks_andGoesOnAfterAStop(String server, Layout layout) throws Exception {
        try (ServerUse use = ServerUse.of(server)) {
            works(server, layout);
        }
    }

    private void works(String server, Layout layout) throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(System.getProperty("it.studio.photo")));
        byte[] broken = Arrays.copyOf(whole, whole.length / 3);
        String interrupted;
        try (RunningStudio studio = RunningStudio.start(server, layout, "", dir)) {
            assertThat(studio.broughtRedis()).isTrue();
            StudioVisitor visitor = new StudioVisitor(studio.httpPort());
            assertThat(new StudioPage(studio.httpPort()).progress())
                    .contains(new StudioPage.Progress(true, 0, StudioContract.SAMPLES * TASKS, 0));

            String shoot = visitor.openShoot();
            String good = visitor.bring(shoot, "good.jpg", whole);
            String bad = visitor.bring(shoot, "bad.jpg", broken);
            visitor.endShoot(shoot);
            visitor.await(good, tasks -> StudioContract.count(tasks, "DONE") == TASKS);
            assertThat(ImageIO.read(new ByteArrayInputStream(visitor.picture(good, 160)))
                            .getWidth())
                    .isEqualTo(160);
            visitor.await(bad, tasks -> StudioContract.count(tasks, "DEAD") == TASKS - 1);
            assertThat(visitor.awaitNotice(shoot))
                    .as("which nobody but the message-driven bean sends")
                    .contains("2 photos, 5 of 8 jobs done");

            StudioContract.awaitDead(visitor, TASKS - 1);
            List<String> dead = visitor.dead();
            visitor.replay(dead.get(0));
            StudioContract.awaitDead(visitor, TASKS - 1);
            visitor.discard(dead.get(0));
            assertThat(visitor.dead()).hasSize(TASKS - 2);
            StudioContract.assertWorkings(visitor, shoot);
            assertLog(server);

            interrupted = visitor.bring(visitor.openShoot(), "interrupted.jpg", broken);
            visitor.await(interrupted, tasks -> StudioContract.count(tasks, "RETRYING") > 0);
            assertThat(studio.stop()).isEmpty();
        }
        try (RunningStudio again = RunningStudio.start(server, layout, "", dir)) {
            assertThat(new StudioVisitor(again.httpPort())
                            .await(interrupted, tasks -> StudioContract.count(tasks, "DEAD") == TASKS - 1))
                    .filteredOn(task -> task.state().equals("DEAD"))
                    .extracting(StudioVisitor.Task::attempt)
                    .as("the attempts before the stop are counted")
                    .containsOnly(3);
            assertThat(again.stop()).isEmpty();
        }
    }

    private void assertLog(String server) {
        String log = RunningStudio.read(dir.resolve(server + ".log"));
        assertThat(log)
                .contains("the worker of broker 'main' (resource adapter at eis/goose: ")
                .containsPattern("GOOSE-4195: message-driven bean .* gets jobs of redis://")
                .doesNotContain(
                        "ClassCastException", "NoClassDefFoundError", "ServiceConfigurationError", "LinkageError")
                .doesNotContain("GOOSE-3050"); // no database of the server has jobs
        assertThat(log.split("GOOSE-2211: started", -1))
                .as("Goose starts once, in the studio, and not in the adapter")
                .hasSize(2);
    }
}
