package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.admin.Place;
import io.goose.broker.jdbc.TransactionRecorder.Asked;
import io.goose.it.jdbc.DatabaseSetUp;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Housekeeping;
import io.goose.spi.Lease;
import io.goose.spi.LimitLedger.Kept;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import jakarta.json.JsonValue;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What PostgreSQL plans for each statement of a worker when it knows nothing but empty tables: such a plan is kept, and carried
 * out when there are many rows, dead ones too. So it must read by the one index that gives little more than what is asked for.
 */
final class PostgreSqlPlansIT {

    private static final String QUEUE = "a";

    /** By index, what it must be looked up by. */
    private static final Map<String, List<String>> KEYS = Map.of(
            "goose_job_pkey", List.of("queue", "id"),
            "goose_job_ready", List.of("queue", "lane"),
            "goose_job_due", List.of("queue"),
            "goose_job_kept", List.of("queue", "place"),
            "goose_job_leased", List.of("session"), // all leases of a session, or those from a token on
            "goose_keyed_pkey", List.of("queue", "id"),
            "goose_keyed_waiting", List.of("queue", "class", "lane"),
            "goose_keyed_held", List.of("queue"),
            "goose_turn_pkey", List.of("queue", "class"),
            "goose_bucket_pkey", List.of("queue"));

    /** What a claim of a queue with limits asks all of: the limits, and as many turns as it looks at. */
    private static final Set<String> READ_IN_ORDER = Set.of("goose_turn_next", "goose_bound_pkey");

    /** What must be among the statements, for else nothing was tested. */
    private static final List<String> STEPS = List.of(
            "SELECT paused + 2 * limited FROM goose_queue", // the first look of a claim
            "lane = 3",
            "SELECT envelope",
            "UPDATE goose_job SET place = 1", // a lease
            "UPDATE goose_job SET place = 0, need = NULL", // a promotion
            "DELETE FROM goose_job USING",
            "UPDATE goose_job SET place = ?",
            "DELETE FROM goose_job WHERE", // in the transaction of a job
            "seq < 0", // whether something was prioritised
            "lane = CASE WHEN crashes > 0 THEN 0 ELSE 2 END, seq = ?, due = NULL, need = NULL WHERE", // prioritise
            "SELECT id, seq FROM goose_job WHERE queue = ? AND place = 3 AND due <= ?", // delete older than
            "DELETE FROM goose_job WHERE queue = ? AND id = ? AND place + 0 IN", // delete, purge
            "SELECT token FROM goose_job", // with a beat
            "FROM goose_queue q WHERE namespace"); // a sweep

    /** The same of a queue with limits. */
    private static final List<String> LIMITED_STEPS = List.of(
            "(SELECT k.class FROM goose_keyed k", // what runs
            "UPDATE goose_job SET lane = 4 FROM unnest", // what came goes under its class
            "CROSS JOIN LATERAL ((SELECT id FROM goose_keyed", // what is next of many classes
            "WHERE ctid = ANY (ARRAY(SELECT a.address", // to be leased
            "DELETE FROM goose_keyed WHERE queue = ? AND held = 1", // leases that have ended
            "DELETE FROM goose_keyed WHERE ctid", // jobs that were deleted
            "DELETE FROM goose_turn WHERE ctid", // classes of which nothing waits
            "SELECT class, number FROM goose_turn",
            "SELECT scope, filled FROM goose_bucket",
            "DELETE FROM goose_bucket");

    private static final List<String> TABLES =
            List.of("goose_job ", "goose_keyed ", "goose_turn ", "goose_bucket ", "goose_bound ");

    private static final Pattern SCAN = Pattern.compile(
            "(\\w+(?: \\w+)?) Scan (?:Backward )?(?:using (\\w+) )?on (goose_\\w+)[^\n]*(?:\n +Index Cond: (.*))?");

    private static final Pattern SETTING = Pattern.compile("set_config\\((?:[^()]|\\([^()]*\\))*\\)");

    private static DatabaseSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = DatabaseSetUp.postgreSql("autovacuum=off");
    }

    @AfterAll
    static void endServer() {
        setUp.close();
    }

    @Test
    void noStatementOfAWorkerReadsMoreTheMoreRowsThereAre_evenPlannedForEmptyTables() throws SQLException {
        assertPlans(work(), STEPS);
    }

    @Test
    void noStatementOfAQueueWithLimitsReadsMoreTheMoreRowsThereAre_evenPlannedForEmptyTables() throws SQLException {
        assertPlans(limitedWork(), LIMITED_STEPS);
    }

    private static void assertPlans(List<List<Asked>> transactions, List<String> steps) throws SQLException {
        empty();

        SoftAssertions all = new SoftAssertions();
        Set<String> explained = new HashSet<>();
        for (List<Asked> transaction : transactions) {
            plans(transaction).forEach((sql, plan) -> {
                check(all, sql, plan);
                explained.add(sql);
            });
        }
        all.assertAll();
        for (String step : steps) {
            assertThat(explained).as(step).anyMatch(sql -> sql.contains(step));
        }
    }

    /** What a worker does again and again: send, claim, promote, settle in each way, give back, beat, sweep. */
    private static List<List<Asked>> work() {
        TransactionRecorder recorder = new TransactionRecorder();
        BrokerSettings settings = new BrokerSettings(
                "main", "plans", Map.of(), Duration.ofHours(1), new DeadRetention(100, Duration.ofDays(1)));
        SessionSpec spec = new SessionSpec(
                List.of(QUEUE), 1, 1, Set.of("handler:x"), Duration.ofSeconds(30), Duration.ofSeconds(5), "test");
        try (Broker broker = JdbcBrokerFactory.of(recorder.over(setUp.pool()))
                        .create(settings, (name, body) -> new Thread(body, name));
                Session session = broker.open(spec)) {
            recorder.forget(); // what is done once for a session may take its time
            List<QueuedJob> jobs = new ArrayList<>(TestJobs.jobs(QUEUE, 5));
            QueuedJob small = TestJobs.jobs(QUEUE, 1).get(0);
            jobs.add(0, new QueuedJob(QUEUE, small.id(), EncodedEnvelope.wrap(new byte[10_000]), small.state()));
            broker.send(jobs).toCompletableFuture().join();
            List<Lease> leases = session.lease(QUEUE, 5, 1 << 20).leases();
            assertThat(leases).hasSize(5);
            DeliveryState state = leases.get(1).job().state();
            assertThat(session.settle(List.of(
                            Settlement.of(leases.get(0), Outcome.Done.INSTANCE),
                            Settlement.of(leases.get(1), new Outcome.Retry(Duration.ofMillis(1), QUEUE, state)),
                            Settlement.of(leases.get(2), new Outcome.Release(Duration.ZERO, "handler:x")))))
                    .containsOnly(Verdict.APPLIED);
            assertThat(session.settleInTransaction(leases.get(3))).isEqualTo(Verdict.APPLIED);
            assertThat(session.look(leases.get(3))).isNotNull();
            session.returnUnstarted(List.of(leases.get(4)));
            for (int left = 4; left > 0; ) { // one of them is due in a moment
                List<Lease> next = session.lease(QUEUE, 5, 1 << 20).leases();
                session.settle(next.stream()
                        .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                        .toList());
                left -= next.size();
            }
            keepHouse(broker.housekeeping(), broker, session);
            assertThat(session.renew().lost()).isEmpty();
            assertThat(session.sweep().isNothing()).isTrue();
            return recorder.transactions();
        }
    }

    /** Jobs of several keys, whose permits come back and whose tokens come; some are deleted while they wait. */
    private static List<List<Asked>> limitedWork() throws SQLException {
        TransactionRecorder recorder = new TransactionRecorder();
        BrokerSettings settings = new BrokerSettings(
                "main", "limited", Map.of(), Duration.ofHours(1), new DeadRetention(100, Duration.ofDays(1)));
        SessionSpec spec =
                new SessionSpec(List.of(QUEUE), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test");
        try (Broker broker = JdbcBrokerFactory.of(recorder.over(setUp.pool()))
                        .create(settings, (name, body) -> new Thread(body, name));
                Session session = broker.open(spec)) {
            Limit limit = Limit.concurrent(2).andRate(1_000, Duration.ofSeconds(1));
            broker.limits().put(QUEUE, LimitScope.eachKey(), new Kept(limit, null));
            recorder.forget();
            List<QueuedJob> jobs = IntStream.range(0, 12)
                    .mapToObj(i -> withKey("key-" + i % 3))
                    .toList();
            broker.send(jobs).toCompletableFuture().join();
            List<Lease> leases = session.lease(QUEUE, 4, 1 << 20).leases();
            assertThat(leases).hasSize(4);
            Set<JobId> waiting = new HashSet<>(TestJobs.ids(jobs));
            leases.forEach(lease -> waiting.remove(lease.job().id()));
            JobId gone = waiting.stream()
                    .sorted(Comparator.comparing(JobId::value))
                    .findFirst()
                    .orElseThrow();
            assertThat(broker.delete(QUEUE, gone)).isTrue();
            int done = 0;
            for (int claim = 0; done < jobs.size() - 1 || claim < 20; claim++) { // so many that each has tidied, too
                session.settle(leases.stream()
                        .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                        .toList());
                done += leases.size();
                leases = session.lease(QUEUE, 4, 1 << 20).leases();
            }
            return recorder.transactions();
        }
    }

    private static QueuedJob withKey(String key) {
        JobId id = JobId.of(UUID.randomUUID());
        Envelope envelope = Envelope.builder(id, "x", QUEUE, JsonValue.EMPTY_JSON_ARRAY, Instant.now())
                .key(key)
                .build();
        return new QueuedJob(QUEUE, id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH);
    }

    /** What a person does with many jobs at a time; that reads and changes as little. */
    private static void keepHouse(Housekeeping jobs, Broker broker, Session session) {
        List<QueuedJob> sent = TestJobs.jobs(QUEUE, 4);
        List<JobId> ids = TestJobs.ids(sent);
        broker.send(sent).toCompletableFuture().join();
        jobs.prioritise(QUEUE, Set.of(Place.WAITING, Place.SCHEDULED), ids.subList(2, 4));
        Lease lease = session.lease(QUEUE, 1, 1 << 20).leases().get(0);
        assertThat(lease.job().id()).isEqualTo(ids.get(2));
        session.settle(List.of(Settlement.of(lease, new Outcome.Dead(lease.job().state()))));
        assertThat(jobs.oldest(QUEUE, Place.DEAD, 500)).isEqualTo(ids.subList(2, 3));
        assertThat(jobs.replay(QUEUE, Housekeeping.ENDED, ids)).isEqualTo(ids.subList(2, 3));
        assertThat(jobs.delete(QUEUE, Housekeeping.ALL_BUT_RUNNING, ids.subList(0, 1)))
                .hasSize(1);
        assertThat(jobs.purge(QUEUE, Place.WAITING, null, 500)).hasSize(3);
        assertThat(jobs.purge(QUEUE, Place.DEAD, Instant.now(), 500)).isEmpty();
        for (Place place : Housekeeping.ALL_BUT_RUNNING) {
            assertThat(jobs.purge(QUEUE, place, null, 500)).isEmpty();
        }
    }

    private static void empty() throws SQLException {
        try (Connection connection = setUp.pool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM goose_job");
            statement.execute("DELETE FROM goose_session");
            statement.execute("DELETE FROM goose_keyed");
            statement.execute("DELETE FROM goose_turn");
            statement.execute("DELETE FROM goose_bucket");
            statement.execute("VACUUM (ANALYZE)");
        }
    }

    /** The plans of what reads or changes jobs in a transaction, with the settings that it makes for itself. */
    private static Map<String, String> plans(List<Asked> transaction) throws SQLException {
        Map<String, String> plans = new LinkedHashMap<>();
        try (Connection connection = setUp.pool().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL plan_cache_mode = force_generic_plan");
            for (Asked asked : transaction) {
                int before = 0; // parameters of the statements of the same message that come first
                for (String sql : asked.sql().split("; ")) {
                    if (TABLES.stream().anyMatch(sql::contains) && !sql.startsWith("INSERT")) {
                        plans.put(sql, plan(statement, new Asked(sql, behind(asked.arrays(), before))));
                    }
                    before += (int) sql.chars().filter(c -> c == '?').count();
                    Matcher setting = SETTING.matcher(sql); // of those behind it
                    while (setting.find()) {
                        statement.execute("SELECT " + setting.group());
                    }
                }
            }
            connection.rollback();
        }
        return plans;
    }

    private static Map<Integer, String> behind(Map<Integer, String> arrays, int before) {
        Map<Integer, String> own = new TreeMap<>();
        arrays.forEach((position, type) -> own.put(position - before, type));
        return own;
    }

    private static String plan(Statement statement, Asked asked) throws SQLException {
        List<String> types = new ArrayList<>();
        List<String> nulls = new ArrayList<>();
        String sql = asked.sql();
        for (int i = 1; sql.contains("?"); i++) {
            sql = sql.replaceFirst("\\?", "\\$" + i);
            types.add(asked.arrays().getOrDefault(i, "unknown"));
            nulls.add("NULL");
        }
        statement.execute(
                "PREPARE asked" + (types.isEmpty() ? "" : " (" + String.join(", ", types) + ")") + " AS " + sql);
        StringBuilder plan = new StringBuilder();
        try (ResultSet lines = statement.executeQuery(
                "EXPLAIN (COSTS OFF) EXECUTE asked" + (nulls.isEmpty() ? "" : " (" + String.join(", ", nulls) + ")"))) {
            while (lines.next()) {
                plan.append(lines.getString(1)).append('\n');
            }
        }
        statement.execute("DEALLOCATE asked");
        return plan.toString();
    }

    private static void check(SoftAssertions all, String sql, String plan) {
        String about = sql + "\n" + plan;
        all.assertThat(plan).as(about).doesNotContain("Sort");
        Matcher scan = SCAN.matcher(plan);
        while (scan.find()) {
            String index = scan.group(2);
            String condition = String.valueOf(scan.group(4));
            if (index == null) {
                all.assertThat(scan.group(1)).as(about).endsWith("Tid");
            } else if (!READ_IN_ORDER.contains(index) && TABLES.contains(scan.group(3) + " ")) {
                all.assertThat(KEYS).as(about).containsKey(index);
                all.assertThat(condition).as(about).contains(KEYS.getOrDefault(index, List.of()));
                if (sql.contains("queue = ? AND id = ?")) {
                    all.assertThat(index).as(about).isEqualTo("goose_job_pkey");
                }
            }
        }
    }
}
