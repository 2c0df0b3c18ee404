package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.Broker;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept of a batch that is completed, for as long as it lingers. */
final class CompletedBatchIT extends FaultTest {

    @Test
    void callbacks_areNotKeptLongerThanUntilTheyAreEnqueued() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        Broker broker = brokerAt(server.host(), server.port());
        BatchId id = BatchId.draw(Instant.now());
        QueuedJob first = TestJobs.job(QUEUE);
        Plan plan = new Plan(
                QUEUE,
                Duration.ofHours(1),
                Map.of(
                        BatchState.SUCCESS, List.of(first, TestJobs.job(QUEUE)),
                        BatchState.DEAD, List.of(first, TestJobs.job(QUEUE))));
        String key = "tck:{" + QUEUE + "}:b:" + id;
        broker.batches().add(new Addition(id, plan, "1", 0, List.of(), Set.of(), false));
        assertThat(fields(server, key)).contains("c:success:1", "c:success:2", "c:dead:1", "c:dead:2");

        broker.batches().add(new Addition(id, plan, "2", 0, List.of(), Set.of(), true));

        assertThat(broker.batches().find(id).orElseThrow().status().state()).isEqualTo(BatchState.SUCCESS);
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(2);
        assertThat(fields(server, key)).isNotEmpty().noneMatch(field -> field.startsWith("c:"));
    }

    private static List<String> fields(RedisServer server, String key) throws Exception {
        return ((List<?>) server.call("HKEYS", key))
                .stream().map(String::valueOf).toList();
    }
}
