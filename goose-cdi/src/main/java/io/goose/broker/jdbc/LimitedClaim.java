package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Claimer.Order;
import io.goose.broker.jdbc.LimitRows.Row;
import io.goose.broker.jdbc.LimitRows.Turn;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.EncodedEnvelope;
import io.goose.job.EnvelopeCodec;
import io.goose.spi.LimitedJob;
import io.goose.spi.Permits;
import io.goose.spi.Permits.Answer.Blocked;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one claim of a queue with limits takes. Such claims come one by one, for each has the queue's row; what runs is counted from
 * the leases by each of them, so that nothing has to be given back when a lease ends, however it does. What is at the front and the back
 * moves to a lane of its own and under its class, of which each has its turns.
 */
final class LimitedClaim {

    /** Of each lane: while a claim sorts, all others of the queue wait. */
    private static final int MOST_SORTED = 200;

    // The numbers of its step: for classes that get a turn, for those that had theirs, for what came under its class
    // late.
    private static final int FIRST_SERVED = 2 * MOST_SORTED;
    private static final int LAST = Step.NUMBERS - 1;

    private static final int MOST_TURNS = 500;

    /** Rows of leases that have ended go with each of so many claims of a session. */
    private static final int TIDIES = 8;

    private final Statements statements;
    private final Order order;
    private final long turn;
    private final Rows rows;
    private final LimitRows limits;
    private final Permits permits;
    private final Map<String, Double> before;
    private final Map<String, Double> buckets;
    private final boolean none;
    private final double nowMicros;
    private final long firstTurn;
    private @Nullable List<Turn> turns; // the first, as long as that is so

    private final List<JobRow> chosen = new ArrayList<>();
    private final List<Row> taken = new ArrayList<>();
    private final Map<LimitedJob, Page> pages = new LinkedHashMap<>(); // in the order of their turns
    private final Map<String, JobRow> locked = new HashMap<>(); // what may be chosen, read ahead
    private final Set<LimitedJob> ended = new HashSet<>(); // nothing waits under these
    private final Set<LimitedJob> given = new HashSet<>(); // under these something came to wait meanwhile
    private long bytes;
    private boolean full;
    private boolean more;
    private @Nullable Double permitAt;

    private LimitedClaim(Statements statements, Order order, long turn, Rows rows, EnvelopeCodec codec)
            throws SQLException {
        this.statements = statements;
        this.order = order;
        this.turn = turn;
        this.rows = rows;
        this.limits = new LimitRows(statements, order.queueNumber(), codec);
        LimitRows.Found look = limits.lockAndLook(MOST_TURNS);
        this.nowMicros = look.step().nowMillis() * 1000.0;
        this.firstTurn = look.step().number();
        this.none = look.limits().isEmpty();
        this.before = look.buckets();
        this.buckets = new HashMap<>(before);
        this.permits = new Permits(look.limits(), look.running(), buckets, nowMicros);
        this.turns = look.turns();
    }

    /**
     * What was chosen.
     *
     * @param jobs to be leased, their rows locked
     * @param more whether claiming again at once is sensible
     * @param untilPermit how long until time brings a permit that a job waits for; null if none does
     */
    record Chosen(List<JobRow> jobs, boolean more, @Nullable Duration untilPermit) {}

    /** How a claim reads lanes. */
    @FunctionalInterface
    interface Lane {
        /** The first jobs of a common lane, locked; those that were prioritised among those of the front. */
        List<JobRow> first(int lane, int most) throws SQLException;
    }

    /**
     * Chooses jobs that are within all limits.
     *
     * @param turn how many claims of this queue the session has made
     */
    static Chosen choose(
            Statements statements,
            Order order,
            long turn,
            Rows rows,
            EnvelopeCodec codec,
            Lane lanes,
            List<JobRow> special)
            throws SQLException {
        LimitedClaim claim = new LimitedClaim(statements, order, turn, rows, codec);
        claim.fromLanesOfTheirOwn(special);
        if (!claim.none) {
            claim.sort(lanes);
        }
        claim.byTurns();
        claim.limits.sets().putLater(claim.taken);
        if (turn % TIDIES == 0) {
            claim.limits.tidy(claim.taken);
        }
        if (claim.none) {
            claim.endUnlessOneWaits();
        }
        claim.limits.sets().write(claim.before, claim.buckets);
        claim.limits.endFull(claim.before, claim.buckets, claim.nowMicros);
        claim.limits.sets().later().run();
        Double at = claim.permitAt;
        Duration until =
                at == null ? null : Duration.ofMillis(Math.max(0, (long) Math.ceil((at - claim.nowMicros) / 1000)));
        return new Chosen(claim.chosen, claim.more, until);
    }

    private void endUnlessOneWaits() throws SQLException {
        limits.sets().later().run();
        if (!limits.mayWait()) {
            limits.end();
            more = true; // what is at the front and the back is for a claim without limits
        }
    }

    private boolean isEnough() {
        return full || chosen.size() >= order.max();
    }

    /** Whether there are permits; if not, notes when time brings them. */
    private boolean may(LimitedJob job) {
        if (permits.look(job) instanceof Blocked blocked) {
            Double until = blocked.untilMicros();
            permitAt = until == null || (permitAt != null && permitAt < until) ? permitAt : until;
            return false;
        }
        return true;
    }

    private void choose(JobRow row, LimitedJob job) {
        bytes += row.job().envelope().size();
        if (!chosen.isEmpty() && bytes > order.maxBytes()) {
            full = true;
            more = true;
            return;
        }
        permits.take(job);
        chosen.add(row);
        taken.add(new Row(row.id(), 1, job, row.lane(), row.seq()));
    }

    /** Suspects, and what only some sessions can run: what has no permit is passed over, and stays there. */
    private void fromLanesOfTheirOwn(List<JobRow> special) throws SQLException {
        boolean suspect = false;
        for (JobRow row : special) {
            if (isEnough()) {
                more = true;
                return;
            }
            if (row.isSuspect() && suspect) {
                continue;
            }
            JobRow whole = whole(row);
            LimitedJob job = whole == null ? null : limits.job(whole.job().envelope());
            if (whole != null && job != null && may(job)) {
                suspect |= row.isSuspect();
                choose(whole, job);
            }
        }
    }

    private @Nullable JobRow whole(JobRow row) throws SQLException {
        return row.lacksEnvelope()
                ? statements
                        .first(
                                "SELECT envelope FROM {job} WHERE queue = ? AND id = ?",
                                found -> EncodedEnvelope.wrap(found.getBytes(1)),
                                order.queueNumber(),
                                row.id())
                        .map(row::with)
                        .orElse(null)
                : row;
    }

    /** Puts what waits in the common lanes under its class; while jobs take no turns all are of one class. */
    private void sort(Lane lanes) throws SQLException {
        int most = permits.takeTurns() ? MOST_SORTED : Math.min(MOST_SORTED, order.max());
        List<Row> sorted = new ArrayList<>();
        List<JobRow> moved = new ArrayList<>();
        Set<LimitedJob> classes = new LinkedHashSet<>();
        for (int lane : List.of(Rows.FRONT, Rows.BACK)) {
            List<JobRow> found = lanes.first(lane, most);
            more |= found.size() >= most;
            for (JobRow row : found) {
                JobRow whole = permits.takeTurns() ? whole(row) : row;
                if (whole != null) {
                    LimitedJob job =
                            permits.takeTurns() ? limits.job(whole.job().envelope()) : LimitRows.ALL;
                    sorted.add(new Row(row.id(), 0, job, lane, row.seq()));
                    moved.add(row);
                    classes.add(job);
                }
            }
        }
        limits.sets().moveUnderClasses(moved);
        limits.sets().put(sorted);
        if (!sorted.isEmpty()) {
            limits.giveTurns(List.copyOf(classes), firstTurn);
            turns = null;
        }
    }

    /** One job of each class after the other, of those that have permits. */
    private void byTurns() throws SQLException {
        Map<LimitedJob, Long> served = new HashMap<>();
        long after = Long.MIN_VALUE;
        boolean any = false;
        while (!isEnough()) {
            List<Turn> page = turns != null ? turns : limits.turns(after, MOST_TURNS);
            turns = null;
            readAhead(page);
            for (Turn turn : page) {
                after = turn.number();
                any = true;
                if (!isEnough() && may(turn.job()) && serve(turn.job())) {
                    served.put(turn.job(), firstTurn + FIRST_SERVED + served.size());
                }
            }
            if (page.size() < MOST_TURNS) {
                break;
            }
        }
        boolean again = true;
        while (again && !isEnough()) {
            again = false;
            for (LimitedJob job : List.copyOf(pages.keySet())) {
                if (!isEnough() && may(job) && serve(job)) {
                    again = true;
                }
            }
        }
        ended.removeAll(given);
        served.keySet().removeAll(ended);
        limits.sets().endTurns(List.copyOf(ended));
        limits.sets().moveTurns(served);
        more |= isEnough() && (any || after == Long.MIN_VALUE);
    }

    /** What was read of the jobs that wait under a class. */
    private static final class Page {
        private final Deque<String> ids = new ArrayDeque<>();
        private final Set<String> read = new HashSet<>();
        private boolean keepsTurn; // a job of it is locked
        private boolean isLast; // there are no others, or none that were not read before
    }

    private boolean backFirst() {
        return turn % 10 == 9;
    }

    /** Reads at once what will be chosen if each class has as many jobs as it has permits. */
    private void readAhead(List<Turn> turns) throws SQLException {
        Map<LimitedJob, Integer> wanted = wanted(turns);
        if (wanted.isEmpty()) {
            return;
        }
        Map<LimitedJob, Integer> andOneMore = new LinkedHashMap<>();
        wanted.forEach((job, count) -> andOneMore.put(job, count + 1)); // tells whether others wait behind
        List<String> first = new ArrayList<>();
        limits.sets().next(andOneMore, backFirst()).forEach((job, ids) -> {
            int count = wanted.getOrDefault(job, 0);
            Page page = new Page();
            page.isLast = ids.size() <= count;
            page.read.addAll(ids);
            page.ids.addAll(ids);
            pages.put(job, page);
            first.addAll(ids.subList(0, Math.min(count, ids.size())));
        });
        locked.putAll(limits.sets().lock(first, rows.of(order.queue())));
    }

    /** How many jobs of which classes there are permits for, one of each after the other, as far as the claim goes. */
    private Map<LimitedJob, Integer> wanted(List<Turn> turns) {
        Permits trial = permits.copy();
        Map<LimitedJob, Integer> wanted = new LinkedHashMap<>();
        List<LimitedJob> free = new ArrayList<>(turns.stream().map(Turn::job).toList());
        int left = order.max() - chosen.size();
        while (left > 0 && !free.isEmpty()) {
            List<LimitedJob> still = new ArrayList<>();
            for (LimitedJob job : free) {
                if (left > 0 && !(trial.look(job) instanceof Blocked)) {
                    trial.take(job);
                    wanted.merge(job, 1, Integer::sum);
                    still.add(job);
                    left--;
                }
            }
            free = still;
        }
        return wanted;
    }

    /** Takes the next job of a class; whether there was one. */
    private boolean serve(LimitedJob job) throws SQLException {
        Page page = pages.computeIfAbsent(job, one -> new Page());
        while (true) {
            String id = page.ids.poll();
            if (id == null) {
                if (page.isLast || !turn(page, job)) {
                    if (page.read.isEmpty() && !page.keepsTurn) {
                        ended.add(job);
                    }
                    return false;
                }
                continue;
            }
            JobRow row = locked.remove(id);
            if (row == null) {
                row = limits.sets().lock(List.of(id), rows.of(order.queue())).get(id);
            }
            if (row == null) { // it was deleted, or waits elsewhere; one that is locked is looked for again
                page.keepsTurn |= !forgetUnlessThere(id);
                continue;
            }
            LimitedJob own = limits.job(row.job().envelope());
            if (!own.equals(job) && permits.takeTurns()) { // it came when there were no limits of handlers or keys
                limits.sets().put(List.of(new Row(id, 0, own, Rows.FRONT, row.seq())));
                limits.giveTurns(List.of(own), firstTurn + LAST);
                given.add(own);
                more = true;
                continue;
            }
            choose(row, own);
            if (!full && page.isLast && page.ids.isEmpty() && !page.keepsTurn) {
                ended.add(job);
            }
            return !full;
        }
    }

    /** Reads on, for what was read is used up; whether there is anything. What was chosen is still where it was. */
    private boolean turn(Page page, LimitedJob job) throws SQLException {
        int most = order.max() + chosen.size() + 1;
        List<String> ids = new ArrayList<>(
                limits.sets().next(Map.of(job, most), backFirst()).getOrDefault(job, List.of()));
        page.isLast = ids.size() < most || !page.read.addAll(ids);
        ids.removeAll(taken.stream().map(Row::id).toList());
        page.ids.addAll(ids);
        if (ids.isEmpty() && page.isLast) {
            ended.add(job);
        }
        return !ids.isEmpty();
    }

    /** Lets go of a row that says nothing any more; whether it did. */
    private boolean forgetUnlessThere(String id) throws SQLException {
        boolean there = statements
                .first(
                        "SELECT 1 FROM {job} WHERE queue = ? AND id = ? AND place + 0 = 0 AND lane = " + Rows.KEYED,
                        row -> 1,
                        order.queueNumber(),
                        id)
                .isPresent();
        if (!there) {
            limits.sets().forget(List.of(id));
        }
        return !there;
    }
}
