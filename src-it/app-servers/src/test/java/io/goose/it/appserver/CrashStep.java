package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a server is at when it is killed, and what must have become of that when it has come up again. */
enum CrashStep {
    /** Transactions have written rows and jobs: to brokers that join them, without and with XA, and to an outbox. */
    TRANSACTIONS_NOT_COMMITTED {
        @Override
        void reach(MortalServer server, String key) throws IOException {
            Map<String, String> units = Map.of("main", "cdi", "xa", "ejb", "boxed", "user");
            List<CompletableFuture<String>> requests = new ArrayList<>();
            units.forEach(
                    (broker, unit) -> requests.add(server.posting("held/" + unit + "/" + broker + "/" + key + broker)));
            units.keySet().forEach(broker -> server.awaitHeld(key + broker));
            assertThat(requests).as("requests that were answered").noneMatch(CompletableFuture::isDone);
        }

        @Override
        void check(MortalServer server, String key, Processes processes) throws IOException {
            assertThat(server.rows("plain", key)).isEmpty();
            assertThat(server.ran(key)).isEmpty();
        }
    },

    /** Transactions have ended whose jobs are in the outbox, or went with them; Redis is away. */
    OUTBOX_NOT_SENT {
        @Override
        void reach(MortalServer server, String key) throws IOException {
            long before = server.inOutbox();
            server.redis().kill();
            assertThat(server.post("case/commit/cdi/boxed/" + key)).isEmpty();
            assertThat(server.post("case/exception/cdi/boxed/" + key)).isNotEmpty();
            assertThat(server.inOutbox()).as("jobs in the outbox").isEqualTo(before + 2);
        }

        @Override
        void check(MortalServer server, String key, Processes processes) throws IOException {
            List<String> stay = List.of(key + "/stays1", key + "/stays2");
            assertThat(server.rows("plain", key)).isEqualTo(stay);
            assertThat(server.ran(key)).isEqualTo(stay);
        }
    },

    /** Transactional jobs have done their work. */
    JOBS_NOT_COMMITTED {
        @Override
        void reach(MortalServer server, String key) throws IOException {
            for (String broker : JOINING) {
                server.post("crash/held/" + broker + "/" + key + broker);
                server.awaitHeld(key + broker);
            }
        }

        @Override
        void check(MortalServer server, String key, Processes processes) throws IOException {
            assertDoneOnce(server, key, processes.heir());
        }
    },

    /** Databases are in the commits of transactional jobs, in one phase, and end them when nobody is there any more. */
    JOBS_IN_THEIR_COMMITS {
        @Override
        void reach(MortalServer server, String key) throws IOException {
            long before = server.waitingCommits();
            for (String broker : JOINING) {
                server.post("crash/ends/" + broker + "/" + key + MortalServer.SLOW + broker);
            }
            Harness.await("the commits have begun", () -> server.waitingCommits() == before + JOINING.size());
        }

        @Override
        void check(MortalServer server, String key, Processes processes) throws IOException {
            assertDoneOnce(server, key + MortalServer.SLOW, processes.killed());
        }
    },

    /** A transactional job is prepared in one of two databases, and not yet in the other. */
    JOB_PREPARED_IN_ONE_OF_TWO {
        @Override
        void reach(MortalServer server, String key) throws IOException, SQLException {
            server.post("crash/two/xa/" + key + MortalServer.SLOW_IN_BOTH);
            server.releaseFirstOfBoth();
            Harness.await("it is prepared in one", () -> server.prepared() == 1);
        }

        @Override
        void check(MortalServer server, String key, Processes processes) throws IOException {
            List<String> done = List.of(key + MortalServer.SLOW_IN_BOTH + "/" + processes.heir());
            assertThat(server.rows("plain", key)).isEqualTo(done);
            assertThat(server.rows("second", key)).isEqualTo(done);
            assertThat(server.ran(key)).isEqualTo(done);
        }
    };

    private static final List<String> JOINING = List.of("main", "xa");

    /** The server that was killed and the one that came up afterwards, by their process ids. */
    record Processes(long killed, long heir) {}

    /**
     * Brings the server to the step.
     *
     * @param key begins the keys of all rows and jobs
     */
    abstract void reach(MortalServer server, String key) throws IOException, SQLException;

    /** Compares what is there with what must be, when nothing is left to be done. */
    abstract void check(MortalServer server, String key, Processes processes) throws IOException;

    /** A row and a job of each transactional job, of the process in which it was completed. */
    private static void assertDoneOnce(MortalServer server, String key, long process) throws IOException {
        List<String> done =
                JOINING.stream().map(broker -> key + broker + "/" + process).toList();
        assertThat(server.rows("plain", key)).isEqualTo(done);
        assertThat(server.ran(key)).isEqualTo(done);
    }
}
