package io.goose.spi;

import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The permits of one queue during a claim, for brokers that decide in Java: what runs is counted, a bucket says when it would be full.
 * For one thread.
 *
 * @since 0.1
 */
public final class Permits {

    private static final double LEAST_WAIT_MICROS = 10_000;

    private final Map<String, Limit> limits;
    private final Map<String, Integer> running;
    private final Map<String, Double> buckets;
    private final double nowMicros;

    /** What a look for a permit comes to. */
    public sealed interface Answer {
        /** There is one of every kind. */
        record Free() implements Answer {
            private static final Free INSTANCE = new Free();
        }

        /**
         * There is none.
         *
         * @param scope the code of the scope whose limit is reached
         * @param untilMicros when to look again, for there will be one by time; null if only the end of a lease brings one
         */
        record Blocked(String scope, @Nullable Double untilMicros) implements Answer {}
    }

    /**
     * @param limits by the codes of their scopes
     * @param running how many jobs run, by the codes of their scopes; changed by {@link #take}
     * @param buckets when each bucket would be full, in microseconds of the broker's clock, by the codes of their scopes; none for a
     *     full one. Changed by {@link #take}
     */
    public Permits(
            Map<String, Limit> limits, Map<String, Integer> running, Map<String, Double> buckets, double nowMicros) {
        this.limits = limits;
        this.running = running;
        this.buckets = buckets;
        this.nowMicros = nowMicros;
    }

    /** The same permits, to try things on: what is taken of these is not taken of them. */
    public Permits copy() {
        return new Permits(limits, new HashMap<>(running), new HashMap<>(buckets), nowMicros);
    }

    /** Whether jobs take turns: there is a limit for handlers or keys. */
    public boolean takeTurns() {
        return limits.keySet().stream().anyMatch(code -> !code.equals("q"));
    }

    /** The codes of the scopes that a job counts for. */
    public static List<String> scopes(LimitedJob job) {
        List<String> scopes = new ArrayList<>(3);
        scopes.add(LimitScope.queue().code());
        if (!job.handler().isEmpty()) {
            scopes.add("h:" + job.handler());
        }
        if (!job.key().isEmpty()) {
            scopes.add("k:" + job.key());
        }
        return scopes;
    }

    /** Counts the scopes of a job that runs into {@code running}. */
    public static void count(LimitedJob job, Map<String, Integer> running) {
        scopes(job).forEach(scope -> running.merge(scope, 1, Integer::sum));
    }

    private @Nullable Limit limit(String scope) {
        Limit own = limits.get(scope);
        return own == null && scope.startsWith("k:") ? limits.get("k") : own;
    }

    /** Whether the job may be leased now; if not, what it must wait for longest. */
    public Answer look(LimitedJob job) {
        Answer.Blocked blocked = null;
        for (String scope : scopes(job)) {
            Limit limit = limit(scope);
            Answer.Blocked here = limit == null ? null : blocked(scope, limit);
            if (here != null && here.untilMicros() == null) {
                return here;
            }
            if (here != null && (blocked == null || until(here) > until(blocked))) {
                blocked = here;
            }
        }
        return blocked == null ? Answer.Free.INSTANCE : blocked;
    }

    private static double until(Answer.Blocked blocked) {
        Double until = blocked.untilMicros();
        return until == null ? Double.POSITIVE_INFINITY : until;
    }

    private Answer.@Nullable Blocked blocked(String scope, Limit limit) {
        if (limit.concurrent() > 0 && running.getOrDefault(scope, 0) >= limit.concurrent()) {
            return new Answer.Blocked(scope, null);
        }
        Double full = limit.rate() == 0 ? null : buckets.get(scope);
        double free = full == null ? 0 : full - (limit.burst() - 1) * limit.microsPerJob();
        return free > nowMicros ? new Answer.Blocked(scope, worthMicros(limit, free)) : null;
    }

    /**
     * When asking again is worth it. Where there are many keys some token comes in every moment, and nobody is to ask in every moment: a
     * bucket may well fill for a part of its burst, which loses nothing, or for a fiftieth of the time of one job.
     */
    private double worthMicros(Limit limit, double free) {
        double fills = Math.max((limit.burst() - 1) / 4.0, 1 / 50.0) * limit.microsPerJob();
        return Math.max(free, Math.min(free + fills, nowMicros + LEAST_WAIT_MICROS));
    }

    /** Takes the permits of a job for which there are. */
    public void take(LimitedJob job) {
        count(job, running);
        for (String scope : scopes(job)) {
            Limit limit = limit(scope);
            if (limit != null && limit.rate() > 0) {
                double full = Math.max(nowMicros, buckets.getOrDefault(scope, 0.0));
                buckets.put(scope, full + limit.microsPerJob());
            }
        }
    }

    /** Copies of limits, by the codes of their scopes. */
    public static Map<String, Limit> byCode(Map<LimitScope, LimitLedger.Kept> kept) {
        Map<String, Limit> limits = new HashMap<>();
        kept.forEach((scope, one) -> limits.put(scope.code(), one.limit()));
        return limits;
    }
}
