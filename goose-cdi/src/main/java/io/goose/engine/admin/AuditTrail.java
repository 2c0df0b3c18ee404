package io.goose.engine.admin;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.goose.admin.Place;
import io.goose.admin.QueueChange;
import io.goose.admin.QueueChange.Kind;
import io.goose.admin.QueueChangeListener;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.run.JobScope;
import io.goose.job.JobId;
import io.goose.spi.WorkerThreads;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what somebody changed in the queues of one broker: one line in the log, and to whoever listens. Never throws. Thread-safe. */
public final class AuditTrail {

    private static final System.Logger LOG = System.getLogger(AuditTrail.class.getPackageName());
    private static final int MOST_NAMED = 20;

    private final String broker;
    private final List<QueueChangeListener> listeners;
    private final InstantSource clock;
    private final JobScope scope;
    private final WorkerThreads threads;

    /**
     * @param broker the name of the broker
     * @param scope around listeners, where no thread of the application calls
     * @param threads to call them where the thread that knows must not be held up
     */
    public AuditTrail(
            String broker,
            List<QueueChangeListener> listeners,
            InstantSource clock,
            JobScope scope,
            WorkerThreads threads) {
        this.broker = broker;
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
        this.scope = scope;
        this.threads = threads;
    }

    InstantSource clock() {
        return clock;
    }

    /** Jobs that are named one by one; nothing if there are none. */
    void changed(Kind kind, String queue, @Nullable Place place, List<JobId> ids, @Nullable String by) {
        if (!ids.isEmpty()) {
            write(new QueueChange(kind, broker, queue, place, ids, ids.size(), by, clock.instant()));
        }
    }

    /** Jobs that are counted; nothing if there are none. */
    void changed(Kind kind, String queue, @Nullable Place place, long count, @Nullable String by) {
        if (count > 0) {
            write(new QueueChange(kind, broker, queue, place, List.of(), count, by, clock.instant()));
        }
    }

    /** A queue was paused or resumed. */
    void changed(Kind kind, String queue, @Nullable String by) {
        write(new QueueChange(kind, broker, queue, null, List.of(), 0, by, clock.instant()));
    }

    /** A broker has let go of dead jobs, and has logged it. Another thread tells, for this one may be a heart. */
    public void evicted(String queue, long count) {
        if (listeners.isEmpty()) {
            return;
        }
        QueueChange change =
                new QueueChange(Kind.EVICTED, broker, queue, Place.DEAD, List.of(), count, null, clock.instant());
        try {
            threads.newThread("goose-evicted-" + broker, () -> tellInScope(change))
                    .start();
        } catch (RuntimeException | Error none) { // as when the server stops
            failed("nobody could be told of", change, none);
        }
    }

    private void tellInScope(QueueChange change) {
        try {
            JobScope.Open around = scope.open();
            try (around) {
                tell(change);
            }
        } catch (RuntimeException | Error closed) { // as when the application has gone
            failed("nobody could be told of", change, closed);
        }
    }

    private void write(QueueChange change) {
        LOG.log(
                INFO,
                "GOOSE-2240: {0} in queue ''{1}'' of broker ''{2}'': {3} {4}{5} {6}; by {7}",
                change.kind(),
                change.queue(),
                change.broker(),
                change.count(),
                change.place() == null ? "" : change.place() + " ",
                change.count() == 1 ? "job" : "jobs",
                change.ids().size() > MOST_NAMED ? change.ids().subList(0, MOST_NAMED) + " and more" : change.ids(),
                change.by() == null ? "somebody" : change.by());
        tell(change);
    }

    private void tell(QueueChange change) {
        for (QueueChangeListener listener : listeners) {
            try {
                listener.onChange(change);
            } catch (RuntimeException | Error broken) { // the change is made
                failed("the listener " + listener.getClass().getName() + " failed for", change, broken);
            }
        }
    }

    private void failed(String what, QueueChange change, Throwable why) {
        FailureLog.log(
                LOG,
                ERROR,
                () -> "GOOSE-2241: " + what + " " + change.kind() + " in queue '" + change.queue() + "' of broker '"
                        + broker + "'; the change is made",
                why);
    }
}
