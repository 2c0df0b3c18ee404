package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.CronLedger;
import io.goose.spi.CronLedger.Change;
import io.goose.spi.CronLedger.Kept;
import io.goose.tck.TestJobs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A recurring job moves to another queue, which is another slot, and whoever moves it dies between two steps. */
final class CronMovesIT extends FaultTest {

    private static final String NAME = "digest";
    private static final String OTHER = "other";

    private RedisServer server;
    private Broker broker;
    private CronLedger crons;
    private Kept was;
    private Kept moved;

    @BeforeEach
    void anEntryThatIsDue() throws Exception {
        server = later(Redis.version("7.0").server().start());
        broker = broker(Map.of("url", server.url().toString()));
        crons = broker.crons();
        was = new Kept(NAME, QUEUE, "definition", "state", crons.now(), Kept.nextVersion(null));
        moved = new Kept(NAME, OTHER, "moved", "new state", crons.now(), Kept.nextVersion(was));
        assertThat(crons.apply(List.of(new Change(null, was, List.of())))).containsExactly(true);
    }

    private void both() throws Exception {
        server.call("HSET", "tck:cron", NAME, OTHER + "," + QUEUE);
    }

    private void leaveNote() throws Exception {
        server.call("HSET", "tck:{mail}:cron", NAME, moved.definition());
        server.call("ZADD", "tck:{mail}:crondue", "0", NAME);
        long due = moved.due().toEpochMilli();
        server.call(
                "HSET", "tck:{mail}:cronst", NAME, moved.version() + "|>" + OTHER + "," + due + "," + moved.state());
    }

    private void arrive() throws Exception {
        server.call("HSET", "tck:{other}:cron", NAME, moved.definition());
        server.call("ZADD", "tck:{other}:crondue", Long.toString(moved.due().toEpochMilli()), NAME);
        server.call("HSET", "tck:{other}:cronst", NAME, moved.version() + "|" + moved.state());
    }

    private void remove() throws Exception {
        for (String key : List.of("cron", "cronst", "crondue")) {
            server.call("DEL", "tck:{mail}:" + key);
        }
    }

    private void assertThatItHasMoved() throws Exception {
        assertThat(crons.find(NAME)).contains(moved);
        assertThat(crons.due(10).entries()).containsExactly(moved);
        assertThat(crons.size()).isEqualTo(1);
        assertThat(String.valueOf(server.call("EXISTS", "tck:{mail}:cronst"))).isEqualTo("0");
    }

    /** Another process, which looks without having been told anything. */
    private void aWorkerLooks() {
        CronLedger other = broker(Map.of("url", server.url().toString())).crons();
        eventually(
                "the entry is due in its new queue",
                () -> other.due(10).entries().equals(List.of(moved)));
    }

    @Test
    @DisplayName("before the note is there it has not moved, and can")
    void diedBeforeTheNote() throws Exception {
        both();

        assertThat(crons.find(NAME)).contains(was);
        assertThat(broker(Map.of("url", server.url().toString()))
                        .crons()
                        .due(10)
                        .entries())
                .containsExactly(was);
        assertThat(crons.apply(List.of(new Change(was, moved, List.of())))).containsExactly(true);
        assertThatItHasMoved();
    }

    @Test
    void diedAfterTheNote_aWorkerEndsTheMove() throws Exception {
        both();
        leaveNote();

        aWorkerLooks();
        assertThatItHasMoved();
    }

    @Test
    void diedAfterTheNote_whoeverLooksForItEndsTheMove() throws Exception {
        both();
        leaveNote();

        assertThatItHasMoved();
    }

    @Test
    @DisplayName("when it has arrived and gone on, the note does not set it back")
    void diedAfterTheArrival() throws Exception {
        both();
        leaveNote();
        arrive();
        Kept ticked = new Kept(
                NAME, OTHER, moved.definition(), "after a tick", Instant.ofEpochMilli(1), Kept.nextVersion(moved));
        QueuedJob job = TestJobs.marked(TestJobs.atFront(TestJobs.job(OTHER)));
        assertThat(crons.apply(List.of(new Change(moved, ticked, List.of(job)))))
                .containsExactly(true);

        CronLedger other = broker(Map.of("url", server.url().toString())).crons();
        eventually(
                "the note is gone",
                () -> other.due(10).entries().equals(List.of(ticked))
                        && String.valueOf(call("EXISTS", "tck:{mail}:cronst")).equals("0"));
        assertThat(crons.find(NAME)).contains(ticked);
        assertThat(broker.stats(OTHER).waiting()).isEqualTo(1);
    }

    private Object call(String... words) {
        try {
            return server.call(words);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void diedAfterTheRemoval() throws Exception {
        both();
        arrive();
        remove();

        assertThatItHasMoved();
        aWorkerLooks();
        Kept back = new Kept(NAME, QUEUE, "back", "s", moved.due(), Kept.nextVersion(moved));
        assertThat(crons.apply(List.of(new Change(moved, back, List.of())))).containsExactly(true);
        assertThat(crons.find(NAME)).contains(back);
    }

    @Test
    void inTheMidstOfAMove_itCanBeDeleted() throws Exception {
        both();
        leaveNote();

        assertThat(crons.delete(NAME)).isTrue();

        assertThat(crons.find(NAME)).isEmpty();
        assertThat(crons.due(10).entries()).isEmpty();
        assertThat(crons.size()).isZero();
    }
}
