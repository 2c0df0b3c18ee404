package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import com.rabbitmq.client.AMQP;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.spi.SendResult;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
    private static final int BACK_SHARE = 10; // one lease in so many is of the back, while it has something

    private final RabbitParts parts;
    private final String queue;
    private final Runnable signal;
    private final Happened happened;
    private final Runners runners;
    private final Elsewhere elsewhere;
    private final Prefetch prefetch;

    // What came that must be sent elsewhere instead of being leased.
    private final Queue<Delivered> stray = new ConcurrentLinkedQueue<>();

    // guarded by this
    private final Deque<Delivered> front = new ArrayDeque<>();
    private final Deque<Delivered> back = new ArrayDeque<>();
    private int sinceBack;

    private volatile @Nullable Line fetching; // of the suspects; written by the thread that leases

    private final ReentrantLock changing = new ReentrantLock(); // who consumes and how; taken before this
    private boolean onHold; // guarded by changing
    private volatile @Nullable Line line; // written with both
    private volatile long askedNanos = System.nanoTime();

    private boolean adjusted; // whether consumers have the prefetch that is right; of the thread that leases

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
    }

    String queue() {
        return queue;
    }

    /** Makes the channel and what it needs; jobs come when the first is asked for. */
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
            Line open = line;
            if (open == null || !open.isAlive()) {
                open = fresh();
            }
            if (open.consumes(Spot.FRONT) && open.consumes(Spot.BACK)) {
                return;
            }
            parts.topology().ensure(queue);
            if (wanted > 0) {
                int most = begin(wanted);
                for (Spot spot : List.of(Spot.FRONT, Spot.BACK)) { // the front first, so that it comes first
                    if (!open.consumes(spot)) {
                        open.consume(spot, most);
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

    private Line fresh() {
        Line made = new Line(
                queue, parts.names(), parts.messages(), parts.consuming().channel(), this::came, this::changed);
        synchronized (this) {
            front.clear();
            back.clear();
            stray.clear();
            line = made;
        }
        maySuspect = true;
        return made;
    }

    private void changed() {
        parts.topology().forget(queue); // it may be gone
        signal.run();
    }

    private void came(Delivered delivered) {
        boolean goes = elsewhere.mustGo(delivered);
        synchronized (this) {
            if (delivered.line() != line) {
                return; // of a channel that is gone
            }
            prefetch.noteSize(delivered.size());
            if (goes) {
                stray.add(delivered);
            } else {
                (delivered.from() == Spot.FRONT ? front : back).add(delivered);
            }
        }
        signal.run();
    }

    /** Takes what may be run, at most {@code max} jobs and so many bytes; {@code held} are in the session's hands already. */
    List<Delivered> take(int max, long maxBytes, int held) {
        sendStray();
        List<Delivered> taken = new ArrayList<>();
        synchronized (this) {
            long bytes = 0;
            for (Deque<Delivered> next = next(); next != null && taken.size() < max; next = next()) {
                bytes += next.element().size();
                if (!taken.isEmpty() && bytes > maxBytes) {
                    break;
                }
                taken.add(next.remove());
                sinceBack = next == back ? 0 : sinceBack + 1;
            }
        }
        adjust(held + max);
        return taken;
    }

    /** Whether more could have been taken. */
    synchronized boolean hasMore() {
        return next() != null;
    }

    /** How many have come and are not leased. */
    synchronized int fetched() {
        return front.size() + back.size();
    }

    private @Nullable Deque<Delivered> next() {
        if (front.isEmpty()) {
            return back.isEmpty() ? null : back;
        }
        return sinceBack >= BACK_SHARE - 1 && !back.isEmpty() ? back : front;
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
            Line open = line;
            if (open != null && open.isAlive() && !onHold) {
                boolean frontIs = open.consume(Spot.FRONT, most);
                adjusted = open.consume(Spot.BACK, most) && frontIs;
            }
        } catch (IOException | RuntimeException failure) {
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
                got = own.get(parts.names().suspect(queue), Spot.SUSPECT, left -> maySuspect = left > 0);
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
        if (own == null || !own.isAlive()) {
            parts.topology().ensure(queue);
            own = new Line(
                    queue, parts.names(), parts.messages(), parts.consuming().channel(), none -> {}, signal);
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
        Line open = line;
        if (open == null || !open.isAlive()) {
            return List.of();
        }
        try {
            open.cancel();
        } catch (IOException | RuntimeException gone) {
            LOG.log(DEBUG, "the consumers of queue {0} end with their channel: {1}", queue, gone.toString());
        }
        synchronized (this) {
            List<Delivered> rest = new ArrayList<>(front);
            rest.addAll(back);
            front.clear();
            back.clear();
            return rest;
        }
    }

    /** What came and was not leased for so long. */
    synchronized List<Delivered> unleasedFor(long nanos, long nowNanos) {
        List<Delivered> old = new ArrayList<>();
        for (Deque<Delivered> deliveries : List.of(front, back)) {
            deliveries.removeIf(delivered -> nowNanos - delivered.sinceNanos() > nanos && old.add(delivered));
        }
        return old;
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
    synchronized List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (Line open : new @Nullable Line[] {line, fetching}) {
            if (open != null) {
                lines.add(open);
            }
        }
        return lines;
    }
}
