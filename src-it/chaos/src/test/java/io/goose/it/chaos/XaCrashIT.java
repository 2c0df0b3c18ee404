package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Crashes of distributed transactions with one Redis. */
final class XaCrashIT extends XaCrashBase {

    private @Nullable RedisServer server;

    @Override
    Map<String, String> startServers() {
        RedisServer started =
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start();
        server = started;
        return Map.of("url", started.url().toString());
    }

    @Override
    List<RedisServer> servers() {
        RedisServer started = server;
        return started == null ? List.of() : List.of(started);
    }

    @Override
    void stopServers() {
        RedisServer started = server;
        if (started != null) {
            started.close();
        }
    }

    /** Its lease is over long before anybody recovers: nobody may have run the job meanwhile, and the work is done once in the end. */
    @Test
    void aJobThatIsCompletedInATransaction_isNotRescued_andRunsAgainIfNothingWasDecided() throws Exception {
        for (int round = 0; round < CRASHES; round++) {
            completeAndDie(XaPoint.AFTER_PREPARE);
        }
    }

    @Test
    @Tag("chaos")
    void aJobThatIsCompletedInATransaction_isDoneOnceIfThatWasDecided() throws Exception {
        for (int round = 0; round < CRASHES; round++) {
            completeAndDie(XaPoint.BEFORE_COMMIT);
        }
    }

    private void completeAndDie(XaPoint point) throws Exception {
        List<QueuedJob> jobs = List.of(job(), job());
        assertThat(broker.send(jobs).toCompletableFuture().join()).containsOnly(SendResult.Accepted.INSTANCE);
        run(point, 1, XaProcess.COMPLETE);
        String worked = jobs.get(0).id().value();
        String held = jobs.get(1).id().value();
        List<String> ran = new ArrayList<>();
        try (Session reaper = XaSettle.worker(broker, List.of(XaProcess.WORK), Duration.ofMinutes(5))) {
            beatUntil(reaper, () -> ran.addAll(runAll(reaper, XaProcess.WORK))); // what was only held shows then
            assertThat(ran).containsExactly(held);
            run(XaPoint.NEVER, 0, XaProcess.COMPLETE);
            ran.addAll(runAll(reaper, XaProcess.WORK));
        }

        assertThat(broker.branches().prepared()).isEmpty();
        assertThat(broker.find(XaProcess.WORK, jobs.get(0).id())).isEmpty();
        boolean wasCommitted = rows().contains(worked);
        assertThat(wasCommitted).isEqualTo(point == XaPoint.BEFORE_COMMIT);
        assertThat(ran).isEqualTo(wasCommitted ? List.of(held) : List.of(held, worked));
        forget(worked);
    }

    private static QueuedJob job() {
        JobId id = JobId.random();
        return new QueuedJob(
                XaProcess.WORK,
                id,
                EncodedEnvelope.wrap(id.value().getBytes(StandardCharsets.UTF_8)),
                DeliveryState.FRESH);
    }

    /** The other test counts all rows. */
    private static void forget(String job) throws Exception {
        try (Connection connection = XaProcess.database(folder.toString()).getConnection();
                PreparedStatement statement = connection.prepareStatement("DELETE FROM business WHERE job = ?")) {
            statement.setString(1, job);
            statement.executeUpdate();
        }
    }
}
