package io.goose.engine.cron;

import io.goose.CronEntry.Missed;
import io.goose.CronEntry.Overlap;
import io.goose.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about an entry whose time has come.
 *
 * @param ticks those that get a job, in order
 * @param next how far the entry is then
 * @param due when it is to be looked at again; null for never
 * @param droppedSince the first tick of those that are too many and get no job; null if there are none
 */
record Decision(
        List<Instant> ticks,
        CronState next,
        @Nullable Instant due,
        @Nullable Instant droppedSince) {

    /** How late a tick may be that is not missed. */
    static final Duration PROMPT = Duration.ofMinutes(1);

    /** How often it is looked whether the job is over that a tick waits for. */
    static final Duration AGAIN = Duration.ofSeconds(1);

    Decision {
        ticks = List.copyOf(ticks);
    }

    /**
     * Decides.
     *
     * @param isUnderWay whether a job waits, is scheduled or runs; asked only where it matters
     */
    static Decision of(Definition what, CronState state, Instant now, Predicate<JobId> isUnderWay) {
        Instant first = state.tick();
        if (first == null || state.isPaused()) {
            return new Decision(List.of(), state, null, null);
        }
        int most = what.entry().missed() == Missed.ALL ? what.entry().most() : 1;
        // One more: the last one may have come while its jitter has not passed, and others may be too many.
        List<Instant> come = what.schedule().latest(first, now, most + 2);
        if (!state.isHeld()
                && !come.isEmpty()
                && what.due(come.get(come.size() - 1)).isAfter(now)) {
            come = come.subList(0, come.size() - 1);
        }
        if (come.isEmpty()) {
            return new Decision(List.of(), state, what.due(first), null);
        }
        return of(what, state, come, now, isUnderWay);
    }

    private static Decision of(
            Definition what, CronState state, List<Instant> come, Instant now, Predicate<JobId> isUnderWay) {
        Overlap overlap = what.entry().overlap();
        JobId former = state.lastJob();
        boolean waits = overlap != Overlap.ALLOW && former != null && isUnderWay.test(former);
        if (waits && overlap == Overlap.QUEUE_ONE) {
            return new Decision(List.of(), state.with(CronState.Phase.HELD), now.plus(AGAIN), null);
        }
        List<Instant> ticks = waits ? List.of() : chosen(what, state, come, now);
        Instant last = come.get(come.size() - 1);
        Instant following = what.schedule().next(last).orElse(null);
        CronState next = state.at(following);
        if (!ticks.isEmpty()) {
            Instant enqueued = ticks.get(ticks.size() - 1);
            next = next.after(enqueued, what.id(enqueued));
        }
        boolean dropped = what.entry().missed() == Missed.ALL && overlap == Overlap.ALLOW && ticks.size() < come.size();
        return new Decision(ticks, next, following == null ? null : what.due(following), dropped ? state.tick() : null);
    }

    private static List<Instant> chosen(Definition what, CronState state, List<Instant> come, Instant now) {
        List<Instant> last = come.subList(come.size() - 1, come.size());
        boolean late = !state.isHeld() && what.due(last.get(0)).plus(PROMPT).isBefore(now);
        return switch (what.entry().missed()) {
            case ONCE -> last;
            case SKIP -> late ? List.of() : last;
            case ALL -> {
                int most =
                        what.entry().overlap() == Overlap.ALLOW ? what.entry().most() : 1; // else they overlap
                yield come.subList(Math.max(0, come.size() - most), come.size());
            }
        };
    }
}
