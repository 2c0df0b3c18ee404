package io.goose.broker.jdbc;

import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.job.EncodedEnvelope;
import io.goose.job.EnvelopeCodec;
import io.goose.spi.LimitedJob;
import io.goose.spi.Permits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tables of limits hold of one queue, in the transaction of a claim that has locked the queue's row. */
final class LimitRows {

    /** The class of all jobs as long as there are no limits of handlers or keys. */
    static final LimitedJob ALL = new LimitedJob("", "");

    private static final int LONGEST = 300;

    /** All leases of the queue, by the index of leases; with the class of those that have one. */
    private static final String LEASED =
            leased("JOIN {job} j ON j.session = s.session AND j.place = 1 AND j.queue = ?");

    /** The same on PostgreSQL: the limit keeps the inner query one for each session, and the queue is not to be looked up by. */
    private static final String LEASED_BY_SESSION = leased("CROSS JOIN LATERAL"
            + " (SELECT id FROM {job} WHERE session = s.session AND place = 1 AND queue + 0 = ? LIMIT 1000000) j");

    private static final String TURNS =
            "SELECT class, number FROM {turn} WHERE queue = ? AND number > ? ORDER BY queue, number LIMIT ?";

    private static String leased(String join) {
        return "SELECT j.id, (SELECT k.class FROM {keyed} k WHERE k.queue = ? AND k.id = j.id) FROM {served} s " + join
                + " WHERE s.queue = ?";
    }

    private final Statements statements;
    private final int queue;
    private final EnvelopeCodec codec;
    private final LimitSets sets;
    private final List<String> leased = new ArrayList<>();

    LimitRows(Statements statements, int queue, EnvelopeCodec codec) {
        this.sets = new LimitSets(statements, queue);
        this.statements = statements;
        this.queue = queue;
        this.codec = codec;
    }

    /**
     * What a claim learns when it is its turn.
     *
     * @param limits by the codes of their scopes
     * @param running how many jobs run, by the codes of scopes
     * @param buckets when each will be full, by the codes of scopes
     * @param turns the first classes that may have jobs, in their order
     */
    record Found(
            Step step,
            Map<String, Limit> limits,
            Map<String, Integer> running,
            Map<String, Double> buckets,
            List<Turn> turns) {}

    /** Locks the queue's row, which may take its time, and reads on. */
    Found lockAndLook(int mostTurns) throws SQLException {
        List<Step> steps = new ArrayList<>();
        Map<String, Limit> limits = new HashMap<>();
        Map<String, Double> buckets = new HashMap<>();
        List<Turn> turns = new ArrayList<>();
        List<Leased> leases = new ArrayList<>();
        Together all = new Together(statements);
        all.query("SELECT id FROM {queue} WHERE id = ? FOR UPDATE", row -> {}, queue);
        all.query("SELECT {next}, {now}", row -> steps.add(new Step(row.getLong(1), row.getLong(2))));
        all.query(
                "SELECT scope, concurrent, rate, period FROM {bound} WHERE queue = ?",
                row -> limits.put(row.getString(1), limit(row, 2)),
                queue);
        all.query(
                "SELECT scope, filled FROM {bucket} WHERE queue = ?",
                row -> buckets.put(row.getString(1), row.getDouble(2)),
                queue);
        all.query(TURNS, row -> turns.add(turn(row)), queue, Long.MIN_VALUE, mostTurns);
        all.query(leasedOnes(), row -> leases.add(leased(row)), queue, queue, queue);
        all.run();
        return new Found(steps.get(0), limits, count(leases), buckets, turns);
    }

    /** A limit from three columns. */
    static Limit limit(ResultSet row, int first) throws SQLException {
        return new Limit(row.getInt(first), row.getLong(first + 1), Duration.ofMillis(row.getLong(first + 2)));
    }

    private record Leased(String id, @Nullable String name) {}

    private static Leased leased(ResultSet row) throws SQLException {
        return new Leased(row.getString(1), row.getString(2));
    }

    private String leasedOnes() {
        return statements.dialect() == Dialect.POSTGRESQL ? LEASED_BY_SESSION : LEASED;
    }

    /** How many jobs run, by the codes of scopes: as the leases say, and nothing else. */
    Map<String, Integer> running() throws SQLException {
        return count(statements.query(leasedOnes(), LimitRows::leased, queue, queue, queue));
    }

    private Map<String, Integer> count(List<Leased> found) throws SQLException {
        Map<String, Integer> running = new HashMap<>();
        leased.clear();
        for (Leased one : found) {
            Permits.count(one.name() == null ? note(one.id()) : job(one.name()), running);
            leased.add(one.id());
        }
        return running;
    }

    /**
     * Lets go of rows of leases that have ended: they say nothing, and need not go at once.
     *
     * @param taken what was leased since {@link #running} counted
     */
    void tidy(List<Row> taken) throws SQLException {
        List<String> all = new ArrayList<>(leased);
        taken.forEach(row -> all.add(row.id()));
        sets.forgetHeldBut(all);
    }

    /** What is read and written of many at a time. */
    LimitSets sets() {
        return sets;
    }

    /** A job that was leased before there were limits. */
    private LimitedJob note(String id) throws SQLException {
        LimitedJob job = statements
                .first(
                        "SELECT envelope FROM {job} WHERE queue = ? AND id = ?",
                        row -> job(EncodedEnvelope.wrap(row.getBytes(1))),
                        queue,
                        id)
                .orElse(ALL);
        sets.put(List.of(new Row(id, 1, job, Rows.FRONT, 0)));
        return job;
    }

    /** Deletes the buckets that are full again. */
    void endFull(Map<String, Double> before, Map<String, Double> buckets, double nowMicros) {
        boolean full = before.entrySet().stream()
                .anyMatch(one -> one.getValue() <= nowMicros && one.getValue().equals(buckets.get(one.getKey())));
        if (full) {
            sets.later().update("DELETE FROM {bucket} WHERE queue = ? AND filled <= ?", queue, nowMicros);
        }
    }

    /** A job under its class. */
    record Row(String id, int held, LimitedJob job, int lane, long seq) {}

    /** A class and the number of its turn. */
    record Turn(LimitedJob job, long number) {}

    /** The classes whose turns come after one. */
    List<Turn> turns(long after, int most) throws SQLException {
        return statements.query(TURNS, LimitRows::turn, queue, after, most);
    }

    private static Turn turn(ResultSet row) throws SQLException {
        return new Turn(job(row.getString(1)), row.getLong(2));
    }

    /** Gives classes a turn that have none. */
    void giveTurns(List<LimitedJob> jobs, long first) throws SQLException {
        List<@Nullable Object[]> values = new ArrayList<>();
        for (LimitedJob job : jobs) {
            values.add(new Object[] {queue, name(job), first + values.size()});
        }
        statements.insertAllIfAbsent("INSERT INTO {turn} (queue, class, number) VALUES (?, ?, ?)", values);
    }

    /** Nothing is limited any more, and nothing waits under a class. */
    void end() throws SQLException {
        statements.update("UPDATE {queue} SET limited = 0 WHERE id = ?", queue);
        statements.update("DELETE FROM {keyed} WHERE queue = ?", queue);
        statements.update("DELETE FROM {bucket} WHERE queue = ?", queue);
        statements.update("DELETE FROM {turn} WHERE queue = ?", queue);
    }

    /** Whether rows of jobs that may wait are left. */
    boolean mayWait() throws SQLException {
        return statements
                .first("SELECT 1 FROM {keyed} WHERE queue = ? AND held = 0 LIMIT 1", row -> 1, queue)
                .isPresent();
    }

    /** What limits go by of an envelope, cut to the columns. */
    LimitedJob job(EncodedEnvelope envelope) {
        LimitedJob job = LimitedJob.of(envelope, codec);
        return new LimitedJob(cut(job.handler()), cut(job.key()));
    }

    private static String cut(String text) {
        return Texts.clean(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
    }

    /** A class as a text, in which it is known where each part ends. */
    static String name(LimitedJob job) {
        return job.handler().length() + ":" + job.key().length() + ":" + job.handler() + job.key();
    }

    private static LimitedJob job(String name) {
        int first = name.indexOf(':');
        int second = name.indexOf(':', first + 1);
        int key = second + 1 + Integer.parseInt(name.substring(0, first));
        return new LimitedJob(name.substring(second + 1, key), name.substring(key));
    }

    static String scope(LimitScope scope) {
        return Texts.clean(scope.code());
    }
}
