package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.it.appserver.AppServer.PoolStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The server's pool of the adapter's connections, read where its operator reads it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PoolContract {

    private static final int SIZE = 3;
    private static final int CALLERS = 4;
    private static final int JOBS = 20;

    private final AppServer.Kind kind;
    private final String noConnection;
    private Harness harness;
    private Harness.Application application;

    /**
     * @param noConnection what this container says to a caller that has waited for a connection in vain
     */
    PoolContract(AppServer.Kind kind, String noConnection) {
        this.kind = kind;
        this.noConnection = noConnection;
    }

    @BeforeAll
    void startServer() throws IOException {
        harness = new Harness(
                getClass().getSimpleName(),
                kind,
                Layout.WAR,
                AppServerContract.ownJdk(),
                url -> Optional.of(new AppServer.Adapter(
                        url, Optional.empty(), "eis/measured", SIZE, AppServer.Adapter.Transactions.LOCAL, "")));
        application = harness.deploy("inbound", Archives.INBOUND, Map.of());
    }

    @AfterAll
    void stopServer() {
        if (harness != null) {
            harness.close();
        }
    }

    private PoolStatistics statistics() throws IOException {
        return harness.server().poolStatistics();
    }

    private void awaitInUse(int count) throws IOException {
        Harness.await(
                () -> count + " connections in use, not " + shown(),
                () -> statistics().inUse() == count);
    }

    private String shown() {
        try {
            return statistics().toString();
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    /** Has callers take all connections at the same time; they keep them until {@link #letGo}. */
    private Map<String, CompletableFuture<String>> takeAll() throws IOException {
        Map<String, CompletableFuture<String>> holding = new LinkedHashMap<>();
        for (int i = 0; i < SIZE; i++) {
            String key = harness.key();
            holding.put(key, harness.posting("/inbound/api/pool/hold/" + key));
            harness.records().await(key);
        }
        awaitInUse(SIZE);
        return holding;
    }

    private void letGo(Map<String, CompletableFuture<String>> holding) throws IOException {
        for (String key : holding.keySet()) {
            harness.finish(key);
        }
        assertThat(holding.values()).extracting(CompletableFuture::join).containsOnly("held");
        awaitInUse(0);
    }

    private String perform(String key) throws IOException {
        return harness.post("/inbound/api/jobs/look/" + key);
    }

    @Test
    void aPoolThatIsUsedUp_refusesAfterItsTimeout_andServesAgainWhenOneComesBack() throws IOException {
        Map<String, CompletableFuture<String>> holding = takeAll();
        String waited = harness.key();
        long before = harness.server().log().length();

        try {
            assertThat(harness.post("/inbound/api/pool/take")).contains(noConnection);
            assertThatThrownBy(() -> perform(waited)).isInstanceOf(IOException.class);
            Harness.await(
                    "GOOSE-3165 in the log",
                    () -> harness.server().log().since(before).contains("GOOSE-3165"));
            assertThat(statistics().inUse()).isEqualTo(SIZE);
        } finally {
            letGo(holding);
        }
        assertThat(harness.post("/inbound/api/pool/take")).isEqualTo("taken");
        String served = harness.key();
        perform(served);
        harness.records().await(served);
        assertThat(harness.records().now(waited)).as("what was refused").isEmpty();
    }

    @Test
    void aJobOfATransaction_isThereWithItsCommit_andNotWithItsRollback() throws IOException {
        String kept = harness.key();
        String dropped = harness.key();

        assertThat(harness.post("/inbound/api/jobs/inTransaction/" + kept)).isEqualTo("0 0 0");
        assertThatThrownBy(() -> harness.post("/inbound/api/jobs/failingTransaction/" + dropped))
                .isInstanceOf(IOException.class);

        harness.records().await(kept);
        Harness.await("an empty queue", () -> harness.get("/inbound/api/jobs").equals("0 0 0"));
        assertThat(harness.records().now(dropped)).isEmpty();
        awaitInUse(0);
    }

    @Test
    void connectionsThatLostTheirBroker_areNotHandedOutAgain() throws IOException {
        letGo(takeAll());
        PoolStatistics full = statistics();
        assertThat(full.created() - full.destroyed())
                .as("connections of " + full)
                .isEqualTo(SIZE);

        harness.broker().kill();
        try {
            Harness.await(() -> "all that there were in " + full + " are thrown away in " + shown(), () -> {
                assertThatThrownBy(() -> perform(harness.key())).isInstanceOf(IOException.class);
                return statistics().destroyed() >= full.destroyed() + SIZE;
            });
        } finally {
            harness.broker().start();
        }

        String healed = harness.key();
        perform(healed); // at once, for its connection is new
        harness.records().await(healed);
        awaitInUse(0);
    }

    @Test
    void aBrokerThatIsStartedAnew_healsAllUnderLoad() throws Exception {
        PoolStatistics before = statistics();
        ConcurrentLinkedQueue<String> accepted = new ConcurrentLinkedQueue<>();
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean ends = new AtomicBoolean();
        String prefix = harness.key() + "-";
        AtomicInteger numbers = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                loads.add(callers.submit(() -> {
                    while (!ends.get()) {
                        String key = prefix + numbers.incrementAndGet();
                        try {
                            perform(key);
                            accepted.add(key);
                        } catch (IOException away) {
                            refused.incrementAndGet();
                        }
                    }
                }));
            }
            Harness.await("load", () -> accepted.size() >= JOBS);
            harness.broker().kill();
            Harness.await("that the outage is felt", () -> refused.get() >= CALLERS);
            Harness.await(
                    () -> "a connection is thrown away, after " + before + " in " + shown(),
                    () -> statistics().destroyed() > before.destroyed());
            harness.broker().start();
            int first = numbers.get() + CALLERS; // begun after it was there again
            Harness.await("load again", () -> after(first, prefix, accepted).size() >= JOBS);
            ends.set(true);
            for (Future<?> load : loads) {
                load.get();
            }
            for (String key : after(first, prefix, accepted)) {
                harness.records().await(key);
            }
        } finally {
            ends.set(true);
            callers.shutdownNow();
        }
        awaitInUse(0);
        PoolStatistics after = statistics();
        assertThat(after.created() - after.destroyed())
                .as("connections that are there, of " + after)
                .isBetween(1L, (long) SIZE);
    }

    private static List<String> after(int number, String prefix, Collection<String> keys) {
        return keys.stream()
                .filter(key -> Integer.parseInt(key.substring(prefix.length())) > number)
                .toList();
    }
}
