package io.goose.engine.cron;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.BrokerUnavailableException;
import io.goose.engine.worker.SideLoop;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.QueuedJob;
import io.goose.spi.CronLedger;
import io.goose.spi.CronLedger.Change;
import io.goose.spi.CronLedger.Due;
import io.goose.spi.CronLedger.Kept;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues what is due, beside a worker's jobs: registers what the application declares, then waits for the next tick, at most a
 * second, for another process may have changed something. Every worker does this; the ledger lets one of them win each tick.
 * Confined to its thread, but for {@link #wake}.
 */
public final class CronTicker implements SideLoop {

    private static final System.Logger LOG = System.getLogger(CronTicker.class.getPackageName());

    private static final int MOST = 250;
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    /** Workers that woke for the same tick come one after the other, so that most find it done. */
    private static final int APART_MILLIS = 25;

    /** When one that cannot be read is looked at again: another version may have written it, and can read it. */
    private static final Duration UNREADABLE_AGAIN = Duration.ofMinutes(1);

    private static final int MOST_REMEMBERED = 10_000;

    private final String broker;
    private final Supplier<CronLedger> ledger;
    private final BooleanSupplier mayWork;
    private final Envelope.Origin origin;
    private final CronSignal signal;
    private final EnvelopeCodec codec = new EnvelopeCodec();
    private final Deque<Declared> declared;
    private final Map<String, Definition> read = new ConcurrentHashMap<>(); // by text
    private final Set<String> reported = new HashSet<>();

    /**
     * An entry that the application declares.
     *
     * @param where what declares it, for messages
     * @param registering registers it
     */
    public record Declared(String where, Runnable registering) {}

    /**
     * @param broker its name, for messages
     * @param mayWork false while the server is suspended
     * @param origin of the jobs that this makes
     */
    public CronTicker(
            String broker,
            Supplier<CronLedger> ledger,
            BooleanSupplier mayWork,
            Envelope.Origin origin,
            CronSignal signal,
            Collection<Declared> declared) {
        this.broker = broker;
        this.ledger = ledger;
        this.mayWork = mayWork;
        this.origin = origin;
        this.signal = signal;
        this.declared = new ArrayDeque<>(declared);
    }

    @Override
    public String name() {
        return "cron";
    }

    @Override
    public void wake() {
        signal.wake();
    }

    @Override
    public void round() throws InterruptedException {
        long wait = LONGEST_WAIT_MILLIS;
        if (mayWork.getAsBoolean()) {
            registerDeclared();
            wait = enqueueDue();
        }
        if (wait > 0) {
            signal.await(wait + ThreadLocalRandom.current().nextInt(APART_MILLIS));
        }
    }

    private void registerDeclared() {
        for (Declared next = declared.peek(); next != null; next = declared.peek()) {
            try {
                next.registering().run();
            } catch (BrokerUnavailableException away) { // and again when the loop goes on
                throw away;
            } catch (RuntimeException refused) {
                LOG.log(
                        ERROR,
                        "GOOSE-2233: the cron entry of " + next.where() + " is not registered on broker '" + broker
                                + "'; mend what the cause says and start again",
                        refused);
            }
            declared.remove();
        }
    }

    /** Enqueues what is due now; how long until there is more. */
    private long enqueueDue() {
        CronLedger kept = ledger.get();
        Due due = kept.due(MOST);
        if (due.entries().isEmpty()) {
            return untilNext(due);
        }
        List<Change> changes = new ArrayList<>();
        @Nullable Instant next = null;
        for (Kept entry : due.entries()) {
            Change change = change(kept, entry, due.now());
            changes.add(change);
            Instant again = change.next().due();
            if (again != null && (next == null || again.isBefore(next))) {
                next = again;
            }
        }
        kept.apply(changes); // what another worker has done meanwhile is done
        if (due.entries().size() >= MOST || due.untilNext() == null) {
            return 0;
        }
        long own = next == null
                ? LONGEST_WAIT_MILLIS
                : Math.max(0, Duration.between(due.now(), next).toMillis());
        return Math.min(own, untilNext(due));
    }

    private static long untilNext(Due due) {
        Duration next = due.untilNext();
        return next == null ? LONGEST_WAIT_MILLIS : Math.min(LONGEST_WAIT_MILLIS, Math.max(0, next.toMillis()));
    }

    private Change change(CronLedger kept, Kept entry, Instant now) {
        try {
            Definition what = definition(entry);
            CronState state = CronState.parse(entry.state());
            Decision decision = Decision.of(
                    what, state, now, job -> what.queues().stream().anyMatch(queue -> kept.isUnderWay(queue, job)));
            List<QueuedJob> jobs = decision.ticks().stream()
                    .map(tick -> what.job(tick, now, origin, codec))
                    .toList();
            reportDropped(what, decision.droppedSince());
            return new Change(entry, entry(entry, decision.next().text(), decision.due()), jobs);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException unreadable) {
            report(entry, unreadable);
            return new Change(entry, entry(entry, entry.state(), now.plus(UNREADABLE_AGAIN)), List.of());
        }
    }

    private void reportDropped(Definition what, @Nullable Instant since) {
        if (since != null) {
            LOG.log(
                    WARNING,
                    "GOOSE-2232: cron entry ''{0}'' of broker ''{1}'' has missed ticks since {2}, more than the {3} that are"
                            + " made up for; the oldest get no job",
                    what.entry().name(),
                    broker,
                    since,
                    what.entry().most());
        }
    }

    private Definition definition(Kept entry) {
        if (read.size() > MOST_REMEMBERED) {
            read.clear();
        }
        String key = entry.name() + '\n' + entry.definition();
        Definition known = read.get(key);
        if (known == null) {
            known = Definition.of(entry, codec);
            read.put(key, known);
        }
        return known;
    }

    private void report(Kept entry, RuntimeException why) {
        int what = Objects.hash(entry.definition(), entry.state());
        if (reported.size() < MOST_REMEMBERED && reported.add(entry.name() + ' ' + what)) {
            LOG.log(
                    WARNING,
                    "GOOSE-2231: cron entry ''{0}'' of broker ''{1}'' is due and cannot be read: {2}; it is looked at again"
                            + " every minute. Register it anew, or delete it",
                    entry.name(),
                    broker,
                    why.getMessage());
        }
    }

    private static Kept entry(Kept was, String state, @Nullable Instant due) {
        return new Kept(was.name(), was.queue(), was.definition(), state, due, Kept.nextVersion(was));
    }
}
