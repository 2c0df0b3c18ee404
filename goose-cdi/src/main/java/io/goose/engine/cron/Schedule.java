package io.goose.engine.cron;

import io.goose.CronEntry;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ticks of an expression in a zone. Where clocks are put forward or back, it does as cron does:
 *
 * <ul>
 *   <li>An expression that names hours goes by the clock on the wall. A tick in the hour that is left out comes at its end, once;
 *       one in the hour that comes twice comes the first time alone.
 *   <li>An expression for every hour goes by the time that passes: nothing is made up for, and both hours count.
 * </ul>
 *
 * <p>Immutable.
 */
final class Schedule {

    private final Expression expression;
    private final ZoneRules rules;

    private Schedule(Expression expression, ZoneId zone) {
        this.expression = expression;
        this.rules = zone.getRules();
    }

    /**
     * The schedule of an entry.
     *
     * @throws IllegalArgumentException if it is none; the message names the entry and the mend
     */
    static Schedule of(CronEntry entry) {
        try {
            return new Schedule(Expression.parse(entry.schedule()), entry.zone());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "GOOSE-2221: cron entry '" + entry.name() + "' has the schedule '" + entry.schedule()
                            + "', which cannot be read: " + wrong.getMessage()
                            + "; write minute, hour, day of the month, month and day of the week, for example 0 3 * * MON-FRI,"
                            + " with the seconds before them if need be, or a word such as @daily",
                    wrong);
        }
    }

    /** The first tick after this time; empty if there is none within a century. */
    Optional<Instant> next(Instant after) {
        Instant from = after;
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime local = LocalDateTime.ofInstant(after, offset);
        while (true) {
            LocalDateTime found = expression.next(local);
            if (found == null) {
                return Optional.empty();
            }
            Instant tick = found.toInstant(offset);
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || tick.isBefore(change.getInstant())) {
                if (!isSecondPass(found, offset)) {
                    return Optional.of(tick);
                }
                from = tick;
                local = found;
            } else if (isDueInGap(change)) {
                return Optional.of(change.getInstant());
            } else {
                from = change.getInstant();
                offset = change.getOffsetAfter();
                local = change.getDateTimeAfter().minusSeconds(1); // a tick at that very time counts
            }
        }
    }

    /** Whether it names hours, and this is the second time that this local time comes. */
    private boolean isSecondPass(LocalDateTime local, ZoneOffset offset) {
        ZoneOffsetTransition change = expression.isEveryHour() ? null : rules.getTransition(local);
        return change != null && change.isOverlap() && change.getOffsetAfter().equals(offset);
    }

    /** Whether it names hours, and one of its times is among those that are left out. */
    private boolean isDueInGap(ZoneOffsetTransition change) {
        if (!change.isGap() || expression.isEveryHour()) {
            return false;
        }
        @Nullable LocalDateTime first = expression.next(change.getDateTimeBefore().minusSeconds(1));
        return first != null && first.isBefore(change.getDateTimeAfter());
    }

    /**
     * The latest ticks from {@code first}, which is one, until {@code until}.
     *
     * @param most how many at most
     * @return in order; empty if the first is later
     */
    List<Instant> latest(Instant first, Instant until, int most) {
        if (first.isAfter(until)) {
            return List.of();
        }
        // There may be years of ticks: we look back as far as is needed.
        for (long back = 60; ; back *= 4) {
            Instant start = until.minusSeconds(back);
            boolean all = !start.isAfter(first);
            List<Instant> found = new ArrayList<>();
            if (all) {
                found.add(first);
            }
            Optional<Instant> next = next(all ? first : start);
            while (next.isPresent() && !next.get().isAfter(until)) {
                found.add(next.get());
                next = next(next.get());
            }
            if (all || found.size() >= most) {
                return List.copyOf(found.subList(Math.max(0, found.size() - most), found.size()));
            }
        }
    }
}
