package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.CronEntry;
import io.goose.JobCall;
import io.goose.admin.CronAdmin;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many recurring jobs, each due every second, on workers of which two are killed. */
class CronTicksIT extends ChaosBase {

    private static final int ENTRIES = Integer.getInteger("chaos.cron.entries", 100);
    private static final int SECONDS = Integer.getInteger("chaos.cron.seconds", 6);
    private static final int WORKERS = Integer.getInteger("chaos.cron.workers", 3);
    private static final int KILLED = 2;
    private static final Duration PATIENCE =
            Duration.ofSeconds(60).plus(Duration.ofSeconds(SECONDS).multipliedBy(3));

    @Test
    @DisplayName("6.10: every tick is enqueued once, with workers that are killed")
    void workersAreKilled_everyTickHasItsJob() throws Exception {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        Map<String, String> broker = Map.of("url", redis.url().toString());
        Goose client = client(broker);
        CronAdmin admin = client.cronAdmin();
        List<WorkerJvm> workers = workers(broker, WORKERS);
        long base = Instant.now().getEpochSecond() - 100;
        List<Instant> first = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            CronEntry entry =
                    CronEntry.named("entry-" + i).schedule("* * * * * *").missedAll(CronEntry.MOST_MISSED);
            client.client().performEvery(entry, JobCall.of(ChaosEngine.TICKED, i, base));
            first.add(begin(admin, entry.name()));
        }
        for (int kill = 1; kill <= KILLED; kill++) {
            awaitTicks(kill * ENTRIES * SECONDS / (KILLED + 1));
            workers.get(kill - 1).kill();
        }
        awaitTicks(ENTRIES * SECONDS);
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(admin.pause("entry-" + i)).isTrue();
        }
        awaitNothingOpen(client);

        Set<Integer> expected = new TreeSet<>();
        for (int i = 0; i < ENTRIES; i++) {
            int from = number(i, first.get(i), base);
            for (int before : runs.numbers(ChaosEngine.TICKED)) { // it may have begun before we looked
                from = before / ChaosEngine.MOST_TICKS == i ? Math.min(from, before) : from;
            }
            Instant last = Objects.requireNonNull(
                    admin.find("entry-" + i).orElseThrow().last());
            for (int tick = from; tick <= number(i, last, base); tick++) {
                expected.add(tick);
            }
        }
        int again = runs.repeated(ChaosEngine.TICKED);
        report(
                "cron",
                "%d entries due every second, %d workers of which %d were killed: %d ticks, lost 0, run again %d"
                        .formatted(ENTRIES, WORKERS, KILLED, expected.size(), again));
        assertThat(runs.numbers(ChaosEngine.TICKED)).containsExactlyInAnyOrderElementsOf(expected);
        // What a dead worker had run is run again if that was not written; nothing else is.
        assertThat(again).isLessThanOrEqualTo(KILLED * (THREADS + UNWRITTEN));
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
    }

    /** Its first tick, whether or not that has come already. */
    private static Instant begin(CronAdmin admin, String name) {
        var stored = admin.find(name).orElseThrow();
        Instant last = stored.last();
        return last == null ? Objects.requireNonNull(stored.next()) : last;
    }

    private static int number(int entry, Instant tick, long base) {
        return entry * ChaosEngine.MOST_TICKS + Math.toIntExact(tick.getEpochSecond() - base);
    }

    private void awaitTicks(int count) throws Exception {
        await(count + " ticks have run", PATIENCE, () -> runs.jobs(ChaosEngine.TICKED) >= count);
    }
}
