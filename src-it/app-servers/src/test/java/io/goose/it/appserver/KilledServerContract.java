package io.goose.it.appserver;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A server is killed, and started again on what it has left: nothing that has committed is lost, nothing that has not is
 * there, and transactional jobs take effect once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KilledServerContract {

    /** How often at each step by itself; in any case once when it is at all of them. */
    private static final int CRASHES = Integer.getInteger("it.crashes", 0);

    private final AppServer.Kind kind;
    private MortalServer server;

    KilledServerContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void startServer() throws IOException, SQLException {
        server = new MortalServer(getClass().getSimpleName(), kind);
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    static Stream<Set<CrashStep>> crashes() {
        return Stream.concat(
                Stream.of(EnumSet.allOf(CrashStep.class)),
                EnumSet.allOf(CrashStep.class).stream()
                        .flatMap(step -> Collections.nCopies(CRASHES, EnumSet.of(step)).stream()));
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void theServerIsKilled_whatWasCommittedIsThereOnce_andNothingElse(Set<CrashStep> steps) throws Exception {
        Map<CrashStep, String> keys = new EnumMap<>(CrashStep.class);
        long killed = server.pid();
        server.holdWork();
        server.holdCommits();
        try {
            for (CrashStep step : steps) {
                String key = server.key();
                keys.put(step, key);
                step.reach(server, key);
            }
            server.kill();
        } finally {
            server.releaseCommits();
            server.releaseWork();
        }
        Harness.await("the databases have noticed", () -> server.sessions() == 0);
        server.redis().start();
        server.startAgain();
        server.awaitNothingLeft();

        for (CrashStep step : steps) {
            step.check(server, keys.get(step), new CrashStep.Processes(killed, server.pid()));
        }
    }
}
