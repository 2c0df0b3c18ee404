package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.EncodedEnvelope;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Claims jobs for one session. The row of the session is locked for the time of a claim, so that a claim and a rescue of the
 * session, or a claim and its repetition, wait for each other. A beat needs that row as little as a claim needs the beat's:
 * no claim keeps a heart waiting, however long it takes. Called by one thread.
 */
final class Claimer {

    private static final int FRONT_IN_A_ROW = 9;

    /** Of jobs that may lack a permit so many are looked at. */
    private static final int MOST_SPECIAL = 50;

    private static final String LANE = "SELECT " + Rows.LIGHT + " FROM {job} WHERE queue = ? AND place = 0 AND lane = ";
    static final String IN_ORDER = " ORDER BY place, queue, lane, seq LIMIT ";

    /** What was prioritised has a number below zero: it is ahead of the front, and no floor hides it. */
    private static final String PRIORITISED = LANE + "2 AND seq < 0" + IN_ORDER + "? {free}";

    /** A lane of its own among the floors: what is scheduled, by its time. */
    private static final int SCHEDULED = -1;

    private final Rows rows;
    private final Floors floors = new Floors(System::nanoTime);
    private final Map<String, Integer> frontRuns = new HashMap<>();
    private final LimitedQueues limited;
    private final Map<String, Long> limitedClaims = new HashMap<>(); // by queue: others must not set its rhythm

    Claimer(Rows rows, LimitedQueues limited) {
        this.rows = rows;
        this.limited = limited;
    }

    /**
     * What a claim is about.
     *
     * @param beaten whether the session has just beaten, and need not before this claim
     */
    record Order(
            Standing standing, String queue, long number, int max, long maxBytes, boolean suspects, boolean beaten) {
        int queueNumber() {
            return standing.queue(queue);
        }

        boolean maySuspect() {
            return suspects && !standing.holdsSuspect();
        }
    }

    /** What came of a claim: it claimed, or the session has to beat before, or has lost its standing. */
    sealed interface Result {
        record Claimed(Claim claim) implements Result {}

        enum Not implements Result {
            BEATEN,
            STANDING
        }
    }

    /** Claims for a session that has its standing. */
    Result claim(Statements statements, Order order) throws SQLException {
        if (statements.dialect().claimsOneByOne()) {
            statements.query("SELECT id FROM {queue} WHERE id = ? FOR UPDATE", row -> 1, order.queueNumber());
        }
        Floors.Floor front = floors.of(order.queue(), Rows.FRONT);
        long frontStart = front.start();
        Floors.Floor due = floors.of(order.queue(), SCHEDULED);
        long dueStart = due.start();
        Look look = Look.at(statements, order, dueStart, frontStart);
        if (look == null) {
            return Result.Not.STANDING;
        }
        // A beat would come in time; but who was given jobs must not be found expired before it. In a transaction of
        // its
        // own, or a heart would wait for the end of this one.
        if (!order.beaten()
                && look.expiry() - look.step().nowMillis()
                        < order.standing().spec().lease().toMillis() / 2) {
            return Result.Not.BEATEN;
        }
        due.looked(look.isDue());
        if (look.isDue()) {
            Promotion.promote(statements, order.queueNumber(), look.step(), dueStart)
                    .ifPresent(due::took);
            look = Look.at(statements, order, dueStart, frontStart);
            if (look == null) {
                return Result.Not.STANDING;
            }
        }
        if (look.paused()) {
            return new Result.Claimed(new Claim(List.of(), false, true, look.untilNextDue()));
        }
        limited.note(order.queue(), look.limited());
        if (look.limited()) {
            return limited(statements, order, look, frontStart);
        }
        Candidates candidates = candidates(statements, order, look, frontStart);
        List<JobRow> chosen = fill(statements, order, choose(order, candidates));
        List<Lease> leases = take(statements, order, chosen, look.step());
        boolean more = candidates.leftOver() || leases.size() < chosen.size();
        return new Result.Claimed(new Claim(leases, more, false, look.untilNextDue()));
    }

    private Result limited(Statements statements, Order order, Look look, long frontStart) throws SQLException {
        LimitedClaim.Chosen chosen = LimitedClaim.choose(
                statements,
                order,
                limitedClaims.merge(order.queue(), 1L, Long::sum),
                rows,
                limited.codec(),
                (lane, most) -> first(statements, order, look, lane == Rows.FRONT ? frontStart : null, most),
                List.copyOf(special(statements, order, look, MOST_SPECIAL)));
        List<Lease> leases = take(statements, order, chosen.jobs(), look.step());
        Duration due = look.untilNextDue();
        Duration permit = chosen.untilPermit();
        boolean permitFirst = permit != null && (due == null || permit.compareTo(due) < 0);
        return new Result.Claimed(new Claim(leases, chosen.more(), false, permitFirst ? permit : due, true));
    }

    /**
     * The first jobs of a common lane, which the caller moves from there.
     *
     * @param frontStart where the front begins; null for the back
     */
    private List<JobRow> first(Statements statements, Order order, Look look, @Nullable Long frontStart, int most)
            throws SQLException {
        int lane = frontStart == null ? Rows.BACK : Rows.FRONT;
        List<JobRow> found = new ArrayList<>();
        if (frontStart != null && look.prioritised()) {
            found.addAll(statements.query(PRIORITISED, rows.of(order.queue()), order.queueNumber(), most));
        }
        int wanted = Math.max(1, most - found.size());
        Floors.Floor floor = floors.of(order.queue(), lane);
        long from = frontStart == null ? floor.start() : frontStart;
        boolean none = frontStart != null && !look.front();
        List<JobRow> rest = none ? List.of() : lane(statements, order, lane, from, wanted);
        if (rest.size() < wanted && floor.again(from) < from) {
            rest = lane(statements, order, lane, floor.again(from), wanted);
        }
        floor.looked(rest.size() >= wanted);
        rest.forEach(row -> floor.took(row.seq()));
        found.addAll(rest);
        return found;
    }

    /** The jobs that this claim may choose from: those ahead of the back, and those at the back. */
    private record Candidates(Deque<JobRow> ahead, Deque<JobRow> back) {
        boolean leftOver() {
            return !ahead.isEmpty() || !back.isEmpty();
        }
    }

    /** Suspects, and jobs that only some sessions can run. */
    private Deque<JobRow> special(Statements statements, Order order, Look look, int limit) throws SQLException {
        int queue = order.queueNumber();
        Deque<JobRow> ahead = new ArrayDeque<>();
        if (look.suspects() && order.maySuspect()) {
            ahead.addAll(statements.query(
                    LANE + "0" + IN_ORDER + "? {free}", rows.of(order.queue()), queue, look.limited() ? limit : 1));
        }
        if (look.routed()) {
            boolean noSuspects = !order.maySuspect() || !ahead.isEmpty();
            ahead.addAll(statements.query(
                    LANE + "1 AND need IN (SELECT name FROM {need} WHERE session = ?)"
                            + (noSuspects ? " AND crashes = 0" : "") + IN_ORDER + "? {free}",
                    rows.of(order.queue()),
                    queue,
                    order.standing().id(),
                    limit));
        }
        return ahead;
    }

    private Candidates candidates(Statements statements, Order order, Look look, long frontStart) throws SQLException {
        int queue = order.queueNumber();
        int limit = order.max() + 1;
        Deque<JobRow> ahead = special(statements, order, look, limit);
        if (look.prioritised() && ahead.size() < limit) {
            ahead.addAll(statements.query(PRIORITISED, rows.of(order.queue()), queue, limit));
        }
        Floors.Floor frontFloor = floors.of(order.queue(), Rows.FRONT);
        Floors.Floor backFloor = floors.of(order.queue(), Rows.BACK);
        List<JobRow> front = look.front() && ahead.size() < limit
                ? lane(statements, order, Rows.FRONT, frontStart, limit)
                : List.of();
        int aheadOfBack = ahead.size() + front.size();
        int wanted = aheadOfBack < order.max() ? limit - aheadOfBack : order.max() / FRONT_IN_A_ROW + 2;
        long backStart = backFloor.start();
        List<JobRow> back = lane(statements, order, Rows.BACK, backStart, wanted);
        boolean enough = aheadOfBack >= order.max() || back.size() >= wanted;
        if (!enough && frontFloor.again(frontStart) < frontStart) {
            front = lane(statements, order, Rows.FRONT, frontFloor.again(frontStart), limit);
        }
        if (!enough && backFloor.again(backStart) < backStart) {
            back = lane(statements, order, Rows.BACK, backFloor.again(backStart), wanted);
        }
        frontFloor.looked(enough);
        backFloor.looked(enough);
        ahead.addAll(front);
        suspectFirst(ahead);
        return new Candidates(ahead, new ArrayDeque<>(back));
    }

    /** A suspect is the first of its claim, so that a thread that is free now takes it. */
    private static void suspectFirst(Deque<JobRow> ahead) {
        ahead.stream().filter(JobRow::isSuspect).findFirst().ifPresent(suspect -> {
            ahead.remove(suspect);
            ahead.addFirst(suspect);
        });
    }

    /** The first jobs of a lane after a number; H2 takes an order from an index only if it is named from its first column on. */
    static String lane(int lane) {
        return LANE + lane + " AND seq > ?" + IN_ORDER + "? {free}";
    }

    private List<JobRow> lane(Statements statements, Order order, int lane, long from, int limit) throws SQLException {
        return statements.query(lane(lane), rows.of(order.queue()), order.queueNumber(), Math.max(-1, from), limit);
    }

    /** Chooses in the order in which they will be leased: ahead of the back first, but at least one in ten from the back. */
    private List<JobRow> choose(Order order, Candidates from) {
        List<JobRow> chosen = new ArrayList<>();
        int run = frontRuns.getOrDefault(order.queue(), 0);
        boolean suspect = false;
        long bytes = 0;
        while (chosen.size() < order.max() && from.leftOver()) {
            JobRow first = from.ahead().peek();
            boolean suspectNow = first != null && first.isSuspect() && !suspect;
            boolean fromBack =
                    first == null || (run >= FRONT_IN_A_ROW && !from.back().isEmpty() && !suspectNow);
            JobRow next = (fromBack ? from.back() : from.ahead()).element();
            bytes += next.bytes();
            if (!chosen.isEmpty() && bytes > order.maxBytes()) {
                break;
            }
            (fromBack ? from.back() : from.ahead()).remove();
            if (next.isSuspect() && suspect) {
                continue; // one at a time; the others stay where they are
            }
            suspect |= next.isSuspect();
            run = fromBack || from.back().isEmpty() ? 0 : run + 1;
            chosen.add(next);
        }
        frontRuns.put(order.queue(), run);
        return chosen;
    }

    /** Reads what is large, now that it is known which of it is leased: a claim looks at more jobs than it takes. */
    private static List<JobRow> fill(Statements statements, Order order, List<JobRow> chosen) throws SQLException {
        List<JobRow> whole = new ArrayList<>(chosen.size());
        for (JobRow row : chosen) {
            if (row.lacksEnvelope()) {
                statements
                        .first(
                                "SELECT envelope FROM {job} WHERE queue = ? AND id = ?",
                                found -> EncodedEnvelope.wrap(found.getBytes(1)),
                                order.queueNumber(),
                                row.id())
                        .ifPresent(
                                envelope -> whole.add(row.with(envelope))); // on H2 it is not locked, and may be gone
            } else {
                whole.add(row);
            }
        }
        return whole;
    }

    private List<Lease> take(Statements statements, Order order, List<JobRow> chosen, Step step) throws SQLException {
        Step tokens = step;
        for (JobRow row : chosen) {
            if (row.token() >= tokens.number()) { // leased and given back since this claim drew its number
                tokens = Step.begin(statements);
            }
        }
        Instant now = Instant.ofEpochMilli(tokens.nowMillis());
        boolean[] hit = Bulk.take(statements, order, chosen, tokens);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < hit.length; i++) {
            if (hit[i]) {
                JobRow row = chosen.get(i);
                leases.add(Lease.of(row.job(), tokens.number() + i, row.isSuspect(), now));
                if (row.lane() >= Rows.FRONT) {
                    floors.of(order.queue(), row.lane()).took(row.seq());
                }
            }
        }
        return leases;
    }

    /** What a claim took whose answer was lost; empty if it took nothing. Waits for that claim if it is still under way. */
    List<Lease> taken(Statements statements, Standing standing, String queue, long number) throws SQLException {
        Sessions.lock(statements, standing.id());
        Instant now = Instant.ofEpochMilli(statements.number("SELECT {now}"));
        return statements
                .query(
                        "SELECT " + Rows.COLUMNS
                                + " FROM {job} WHERE session = ? AND place = 1 AND token >= ? AND claim = ? ORDER BY token",
                        rows.of(queue),
                        standing.id(),
                        standing.lowest(),
                        number)
                .stream()
                .map(row -> Lease.of(row.job(), row.token(), row.isSuspect(), now))
                .toList();
    }

    /** Forgets where the lanes were looked at. */
    void forget() {
        floors.forget();
    }
}
