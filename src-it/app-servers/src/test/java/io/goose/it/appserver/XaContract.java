package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.appserver.AppServer.Adapter;
import io.goose.it.server.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A server is killed in the middle of distributed transactions, and started again on what it has left: rows and jobs are there together or not
 * at all, and no branch stays. A subclass says what is done in the transactions.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class XaContract {

    /** How often at each point by itself; in any case once when it is at all of them. */
    private static final int CRASHES = Integer.getInteger("it.xa.crashes", 0);

    private final AppServer.Kind kind;
    private final String jndi;
    private final Path war;
    private final List<? extends XaWork> works;
    private XaServer server;

    /**
     * @param jndi the connection factory: that of the archive, or one of the server's own
     * @param war the application
     * @param works what is done in transactions, in turns
     */
    XaContract(AppServer.Kind kind, String jndi, Path war, List<? extends XaWork> works) {
        this.kind = kind;
        this.jndi = jndi;
        this.war = war;
        this.works = works;
    }

    @BeforeAll
    void startServer() throws IOException, SQLException {
        server = new XaServer(getClass().getSimpleName(), kind, war, jndi, Adapter.Transactions.XA);
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    XaServer server() {
        return server;
    }

    /** A transaction that is at a point when its server is killed. */
    record Crash(XaPoint point, XaWork work) {}

    /** All points at once, and each by itself as often as asked for. */
    Stream<List<Crash>> crashes() {
        List<Crash> all = Stream.of(XaPoint.values())
                .sorted(Comparator.comparing(XaPoint::stopsTheHeart)) // a worker claims nothing without one
                .flatMap(point -> works.stream().map(work -> new Crash(point, work)))
                .toList();
        return Stream.concat(
                Stream.of(all), IntStream.range(0, CRASHES).boxed().flatMap(number -> Stream.of(XaPoint.values())
                        .map(point -> List.of(new Crash(point, works.get(number % works.size()))))));
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void theServerIsKilled_rowsAndJobsAreThereTogether_andNoBranchStays(List<Crash> crashes) throws Exception {
        Map<String, Crash> keys = new LinkedHashMap<>();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        server.pauseJobs();
        for (Crash crash : crashes) {
            String key = server.key();
            keys.put(key, crash);
            Fault held = crash.point().hold(server.proxy(), crash.work().parts());
            answers.add(crash.work().begin(server, key));
            held.await(Harness.LIMIT);
        }
        assertThat(answers).as("requests that were answered").noneMatch(CompletableFuture::isDone);
        server.kill();
        assertThat(server.branches())
                .as("branches that the killed server has left at Redis")
                .isEqualTo(crashes.stream()
                        .mapToLong(crash -> crash.point().branches())
                        .sum());

        server.startAgain();
        server.awaitRecovered();
        assertThat(server.waiting())
                .as("jobs that wait")
                .isEqualTo(keys.entrySet().stream()
                        .mapToLong(entry -> entry.getValue()
                                .work()
                                .jobs(entry.getKey(), entry.getValue().point().commits())
                                .size())
                        .sum());
        server.resumeJobs();
        server.awaitNothingLeft();
        server.awaitRecovered();

        keys.forEach((key, crash) ->
                assertRowsAndJobs(key, crash.work(), crash.point().commits(), crash.point()));
    }

    final void assertRowsAndJobs(String key, XaWork work, boolean committed, Object where) {
        try {
            assertThat(server.rows(key)).as("rows of %s, %s", where, work).isEqualTo(work.rows(key, committed));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
        assertThat(server.ran(key)).as("jobs of %s, %s", where, work).isEqualTo(work.jobs(key, committed));
    }
}
