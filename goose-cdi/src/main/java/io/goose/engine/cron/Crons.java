package io.goose.engine.cron;

import com.github.f4b6a3.uuid.UuidCreator;
import io.goose.BrokerUnavailableException;
import io.goose.CronEntry;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.CronLedger;
import io.goose.spi.CronLedger.Change;
import io.goose.spi.CronLedger.Kept;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The recurring jobs of a broker, as clients and operators change them. Thread-safe. */
public final class Crons {

    private static final int MOST_TRIES = 100;

    private final Broker broker;
    private final Envelope.Origin origin;
    private final CronSignal signal;
    private final EnvelopeCodec codec = new EnvelopeCodec();

    /**
     * @param origin of jobs that are enqueued by hand
     * @param signal told of every change
     */
    public Crons(Broker broker, Envelope.Origin origin, CronSignal signal) {
        this.broker = broker;
        this.origin = origin;
        this.signal = signal;
    }

    /**
     * Registers an entry. One that is there with the same schedule and zone keeps its next tick, or the one that is due.
     *
     * @param job what it enqueues, as a client makes it
     * @return the entry
     * @throws IllegalArgumentException if its schedule cannot be read, or never comes
     */
    public CronEntry register(CronEntry entry, QueuedJob job) {
        Definition wanted = Definition.of(entry, job, codec);
        CronLedger ledger = broker.crons();
        change(ledger, entry.name(), was -> {
            if (was == null) {
                Instant tick = first(wanted, ledger.now());
                return kept(null, wanted, CronState.first(tick), wanted.due(tick));
            }
            boolean same = was.definition().equals(wanted.text()) && was.queue().equals(wanted.queue());
            return same ? null : replaced(was, wanted, ledger);
        });
        return entry;
    }

    private Kept replaced(Kept was, Definition wanted, CronLedger ledger) {
        CronState state = state(was);
        Definition former = definition(was);
        if (state != null && former != null && former.ticksAs(wanted)) {
            return kept(was, wanted, state, was.due());
        }
        Instant tick = first(wanted, ledger.now());
        CronState next = (state == null ? CronState.first(tick) : state).at(tick);
        return kept(was, wanted, next, next.isPaused() ? null : wanted.due(tick));
    }

    private static Instant first(Definition what, Instant now) {
        return what.schedule()
                .next(now)
                .orElseThrow(() -> new IllegalArgumentException("GOOSE-2223: cron entry '"
                        + what.entry().name() + "' has the schedule '"
                        + what.entry().schedule()
                        + "', which never comes, as the 30th of February; mend the day or the month"));
    }

    private static Kept kept(@Nullable Kept was, Definition what, CronState state, @Nullable Instant due) {
        return new Kept(what.entry().name(), what.queue(), what.text(), state.text(), due, Kept.nextVersion(was));
    }

    /** What is kept by a version that is not ours is replaced. */
    static @Nullable CronState state(Kept was) {
        try {
            return CronState.parse(was.state());
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }

    @Nullable Definition definition(Kept was) {
        try {
            return Definition.of(was, codec);
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }

    /**
     * Changes an entry, again while others change it too.
     *
     * @param changing what it is to be; null for what it is
     * @return whether anything was changed
     */
    private boolean change(CronLedger ledger, String name, Function<@Nullable Kept, @Nullable Kept> changing) {
        for (int tried = 0; tried < MOST_TRIES; tried++) {
            Kept was = ledger.find(name).orElse(null);
            Kept next = changing.apply(was);
            if (next == null) {
                return false;
            }
            if (ledger.apply(List.of(new Change(was, next, List.of()))).get(0)) {
                signal.wake();
                return true;
            }
        }
        throw new BrokerUnavailableException(
                "GOOSE-2234: cron entry '" + name + "' was not changed: others have changed it at the same time, "
                        + MOST_TRIES + " times; try again",
                null);
    }

    boolean pause(String name) {
        return change(broker.crons(), name, was -> {
            CronState state = was == null ? null : state(was);
            return was == null || state == null || state.isPaused()
                    ? null
                    : with(was, state.with(CronState.Phase.PAUSED), null);
        });
    }

    boolean resume(String name) {
        CronLedger ledger = broker.crons();
        return change(ledger, name, was -> {
            CronState state = was == null ? null : state(was);
            if (was == null || state == null || !state.isPaused()) {
                return null;
            }
            Definition what = definition(was);
            if (what == null) {
                return null;
            }
            Instant now = ledger.now();
            Instant tick = state.tick();
            Instant next = tick != null && tick.isAfter(now) ? tick : first(what, now);
            return with(was, state.with(CronState.Phase.WAITING).at(next), what.due(next));
        });
    }

    private static Kept with(Kept was, CronState state, @Nullable Instant due) {
        return new Kept(was.name(), was.queue(), was.definition(), state.text(), due, Kept.nextVersion(was));
    }

    /** The job of an entry that is to be enqueued at once. */
    Optional<QueuedJob> jobNow(String name) {
        CronLedger ledger = broker.crons();
        return ledger.find(name).map(this::definition).map(what -> {
            Instant now = ledger.now();
            return what.job(JobId.of(UuidCreator.getTimeOrderedEpochFast()), now, now, origin, codec);
        });
    }

    Broker broker() {
        return broker;
    }
}
