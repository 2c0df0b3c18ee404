package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import com.rabbitmq.client.AMQP;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.spi.SendResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has come of one queue for one session and is not leased yet. Claims and changes are made by the thread that leases;
 * deliveries come by others. Thread-safe.
 */
final class Feed {

    private static final System.Logger LOG = System.getLogger(Feed.class.getPackageName());
    private static final long UNUSED_NANOS = 30_000_000_000L;
    private static final int LAST_MOVING_VERSION = 3;

    private final RabbitParts parts;
    private final String queue;
    private final Runnable signal;
    private final Happened happened;
    private final Runners runners;
    private final Elsewhere elsewhere;
    private final Prefetch prefetch;

    // What came that must be sent elsewhere instead of being leased.
    private final Queue<Delivered> stray = new ConcurrentLinkedQueue<>();

    private final Fetched fetched = new Fetched();

    private volatile @Nullable Line fetching; // of the suspects; written by the thread that leases

    private final ReentrantLock changing = new ReentrantLock(); // who consumes and how; taken before this
    private boolean onHold; // guarded by changing
    private final Consumers consumers; // changed with changing
    private volatile long askedNanos = System.nanoTime();

    private volatile boolean adjusted; // whether consumers have the prefetch that is right

    private volatile boolean maySuspect = true; // whether one may wait; the broker is asked only then

    /**
     * @param signal ends the wait of the session
     * @param happened is told of suspects and of the buried
     * @param runners is told of suspects that are about to be run
     */
    Feed(RabbitParts parts, String queue, int threads, Runnable signal, Happened happened, Runners runners) {
        this.parts = parts;
        this.queue = queue;
        this.signal = signal;
        this.happened = happened;
        this.runners = runners;
        this.elsewhere = new Elsewhere(parts.clock());
        this.prefetch = new Prefetch(threads);
        this.consumers = new Consumers(this::line);
    }

    private Line line(Spot spot) {
        return new Line(
                queue,
                spot == Spot.BACK ? parts.names().back(queue) : parts.names().front(queue),
                spot,
                parts.messages(),
                parts.consuming().channel(),
                this::came,
                this::changed);
    }

    String queue() {
        return queue;
    }

    /** Makes what is needed; jobs come when the first is asked for. */
    void connect() {
        open(0);
    }

    /** Has jobs come for a session that wants to hold so many of them, also after an outage or when the queue was deleted. */
    void open(int wanted) {
        askedNanos = System.nanoTime();
        changing.lock();
        try {
            if (onHold) {
                return;
            }
            if (consumes()) {
                return;
            }
            parts.topology().ensure(queue);
            maySuspect = true;
            adjusted = false;
            if (wanted > 0) {
                int most = begin(wanted);
                for (Spot spot : List.of(Spot.FRONT, Spot.BACK)) { // the front first, so that it comes first
                    if (!consumers.consumes(spot)) {
                        consumers.consume(spot, most);
                    }
                }
            }
        } catch (IOException | RuntimeException failure) {
            throw failure instanceof GooseException ours
                    ? ours
                    : Faults.exception(
                            "consume queue '" + queue + "'", parts.consuming().where(), failure);
        } finally {
            changing.unlock();
        }
    }

    private synchronized int begin(int wanted) {
        prefetch.begin(wanted, System.nanoTime());
        return prefetch.now();
    }

    private boolean consumes() {
        return consumers.consumes(Spot.FRONT) && consumers.consumes(Spot.BACK);
    }

    private void changed() {
        parts.topology().forget(queue); // it may be gone
        adjusted = false; // another consumer may be left, with less
        signal.run();
    }

    private void came(Delivered delivered) {
        if (!delivered.line().isAlive()) {
            return;
        }
        synchronized (this) {
            prefetch.noteSize(delivered.size());
        }
        if (elsewhere.mustGo(delivered)) {
            stray.add(delivered);
        } else {
            fetched.add(delivered);
        }
        signal.run();
    }

    /** Takes what may be run, at most {@code max} jobs and so many bytes; {@code held} are in the session's hands already. */
    List<Delivered> take(int max, long maxBytes, int held) {
        sendStray();
        List<Delivered> taken = fetched.take(max, maxBytes);
        adjust(held + max);
        return taken;
    }

    /** Whether more could have been taken. */
    boolean hasMore() {
        return !fetched.isEmpty();
    }

    /** How many have come and are not leased. */
    int fetched() {
        return fetched.size();
    }

    private void adjust(int wanted) {
        int most;
        synchronized (this) {
            if (prefetch.wish(wanted, System.nanoTime())) {
                adjusted = false;
            }
            most = prefetch.now();
        }
        if (adjusted) {
            return;
        }
        changing.lock();
        try {
            if (!onHold && consumes()) {
                adjusted = true; // first: a channel may end meanwhile
                boolean frontIs = consumers.consume(Spot.FRONT, most);
                if (!consumers.consume(Spot.BACK, most) || !frontIs) {
                    adjusted = false;
                }
            }
        } catch (IOException | RuntimeException failure) {
            adjusted = false;
            LOG.log(DEBUG, "the prefetch of queue {0} is changed when it is consumed again: {1}", queue, failure);
        } finally {
            changing.unlock();
        }
    }

    /** Sends on what must not be leased as it is; what it was is acknowledged when that is confirmed. Does not wait for it. */
    void sendStray() {
        if (stray.isEmpty() || parts.publishing().blocked() != null) {
            return;
        }
        List<Delivered> taken = new ArrayList<>();
        List<Parcel> parcels = new ArrayList<>();
        for (Delivered next = stray.poll(); next != null; next = stray.poll()) {
            if (next.line().isAlive()) {
                taken.add(next);
                parcels.add(elsewhere.parcel(next));
            }
        }
        parts.sender().deliver(parcels).thenAccept(results -> sentOn(taken, parcels, results));
    }

    private void sentOn(List<Delivered> taken, List<Parcel> parcels, List<SendResult> results) {
        for (int i = 0; i < taken.size(); i++) {
            Delivered delivered = taken.get(i);
            if (!(results.get(i) instanceof SendResult.Accepted)) {
                stray.add(delivered);
                continue;
            }
            try {
                delivered.line().acknowledge(List.of(delivered));
            } catch (IOException | RuntimeException gone) {
                LOG.log(DEBUG, "a delivery of queue {0} that was sent on comes again: {1}", queue, gone.toString());
            }
            if (parcels.get(i).spot() == Spot.SUSPECT) {
                happened.suspect(delivered.job().id());
                maySuspect = true;
                signal.run();
            }
        }
    }

    /** Asks for a suspect the next time that there may be one. */
    void noteSuspects(boolean waiting) {
        maySuspect |= waiting;
        if (waiting) {
            signal.run();
        }
    }

    /** A job that may have killed its worker, to be started at once; null if there is none. */
    @Nullable Delivered suspect() {
        while (maySuspect && parts.publishing().blocked() == null) { // one that crashed again must be sent on
            Line own = suspectLine();
            Delivered got;
            try {
                got = own.get(left -> maySuspect = left > 0);
            } catch (IOException | RuntimeException failure) {
                if (Faults.code(failure) == AMQP.NOT_FOUND) {
                    parts.topology().forget(queue);
                } else if (!own.isAlive()) {
                    return null; // its connection, or the session's time, has just ended; the next claim sees to it
                }
                throw Faults.exception(
                        "look for suspects of '" + queue + "'",
                        parts.consuming().where(),
                        failure);
            }
            if (got == null) {
                return null;
            }
            if (got.problem() == null && !got.again()) {
                runners.note(queue, got.job().id());
                return got;
            }
            try {
                new Suspects(parts, happened, runners).crashedAgain(got);
            } catch (GooseException away) {
                own.end(); // back into its queue, for whoever can send it on
                LOG.log(DEBUG, "a suspect of queue {0} is counted later: {1}", queue, away.getMessage());
                return null;
            }
            maySuspect = true;
        }
        return null;
    }

    /**
     * A channel apart: an error of a request, as for a queue that was deleted, ends the channel and all leases that came by it.
     * It waits for the broker, so without the lock that deliveries need.
     */
    private Line suspectLine() {
        Line own = fetching;
        if (own == null || own.isGone() || !own.isAlive()) {
            parts.topology().ensure(queue);
            if (own != null) {
                consumers.keep(own);
            }
            own = new Line(
                    queue,
                    parts.names().suspect(queue),
                    Spot.SUSPECT,
                    parts.messages(),
                    parts.consuming().channel(),
                    none -> {},
                    signal);
            fetching = own;
        }
        return own;
    }

    /** Pauses: what came and was not leased; no more comes. */
    List<Delivered> stop() {
        changing.lock();
        try {
            onHold = true;
            return fetchNothing();
        } finally {
            changing.unlock();
        }
    }

    /** Gives up what came if nothing was asked for so long: whoever leases is busy, and others may not be. It comes again when asked for. */
    List<Delivered> unaskedFor(long nanos) {
        if (System.nanoTime() - askedNanos < nanos || !changing.tryLock()) {
            return List.of();
        }
        try {
            return fetchNothing();
        } finally {
            changing.unlock();
        }
    }

    /** Called with the lock for changes, and not with the other one, which deliveries need. */
    private List<Delivered> fetchNothing() {
        consumers.cancel();
        return fetched.takeAll();
    }

    /** Puts its channels in order. */
    void tidy() {
        if (!changing.tryLock()) {
            return;
        }
        try {
            if (parts.consuming().majorVersion() <= LAST_MOVING_VERSION) {
                consumers.replaceUnused(UNUSED_NANOS);
            }
        } catch (IOException | RuntimeException failure) {
            LOG.log(DEBUG, "a consumer of queue {0} is replaced later: {1}", queue, failure.toString());
        } finally {
            consumers.tidy(); // not while acknowledgements are held, which are sent then
            changing.unlock();
        }
    }

    /** Notes that one of RabbitMQ's queues is not there; any thread may say so. */
    void vanished(String physical) {
        consumers.vanished(physical);
        Line own = fetching;
        if (own != null && own.physical().equals(physical)) {
            own.gone();
        }
    }

    /** Has a job that could not go back be leased again, or go back later. */
    void keep(Delivered delivered) {
        fetched.add(delivered);
        signal.run();
    }

    /** What came and was not leased for so long, and what is in no queue any more. */
    List<Delivered> unleasedFor(long nanos, long nowNanos) {
        return fetched.takeOld(nanos, nowNanos);
    }

    /** Ends a pause of {@link #stop}. */
    void goOn() {
        changing.lock();
        try {
            onHold = false;
        } finally {
            changing.unlock();
        }
    }

    /** Its channels, to be ended: what is not acknowledged is for others then. */
    List<Line> lines() {
        List<Line> lines = consumers.all();
        Line own = fetching;
        if (own != null) {
            lines.add(own);
        }
        return lines;
    }
}
