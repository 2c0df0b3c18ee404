package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.broker.composed.DueRelay.Answer;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.SendResult;
import io.goose.spi.WorkerThreads;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Notes in the ledger what the transport said of what was sent. Not on the thread on which it said so, which may be the one that
 * reads its connection: on one that is there while there is something to note. What is not noted is a stray. Thread-safe.
 */
final class Marks {

    private static final System.Logger LOG = System.getLogger(Marks.class.getName());

    private static final int MOST = 500;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration LAST = Duration.ofSeconds(5);

    /** Wakes the thread, and says nothing. */
    private static final Answer NOTHING = new Answer(List.of(), List.of(), true);

    private final DueRelay relay;
    private final WorkerThreads threads;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread thread; // under the lock
    private volatile boolean closed;

    Marks(DueRelay relay, WorkerThreads threads) {
        this.relay = relay;
        this.threads = threads;
    }

    /**
     * Adds an answer.
     *
     * @param here whether the calling thread may wait for the ledger, and notes it at once
     */
    void add(Answer answer, boolean here) {
        if (here) {
            note(answer);
        } else {
            answers.add(answer);
            work();
        }
    }

    private void work() {
        lock.lock();
        try {
            if (thread == null && !closed && !answers.isEmpty()) {
                Thread made = threads.newThread("goose-ledger-marks", this::run);
                made.start();
                thread = made;
            }
        } catch (RejectedExecutionException ending) { // the next answer, or a sweep, does it
            LOG.log(Level.DEBUG, "there is no thread to note what was sent", ending);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (Answer answer = next(); answer != null; answer = next()) {
                note(answer);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lock.lock();
            try {
                thread = null;
            } finally {
                lock.unlock();
            }
            work(); // something may have come meanwhile
        }
    }

    /** What there is, as one; null if nothing has come for long or this is closed. */
    private @Nullable Answer next() throws InterruptedException {
        Answer first = answers.poll(closed ? 0 : IDLE.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null || (closed && first.taken().isEmpty())) {
            return null;
        }
        List<Taken> taken = new ArrayList<>(first.taken());
        List<SendResult> results = new ArrayList<>(first.results());
        for (Answer more = answers.peek(); more != null; more = answers.peek()) {
            if (taken.size() + more.taken().size() > MOST) {
                break;
            }
            answers.remove();
            taken.addAll(more.taken());
            results.addAll(more.results());
        }
        return new Answer(taken, results, true);
    }

    private void note(Answer answer) {
        try {
            relay.mark(answer);
        } catch (GooseException away) { // a sweep sends it again, and whoever runs it asks
            LOG.log(
                    Level.DEBUG,
                    "{0} jobs were not noted as sent: {1}",
                    answer.taken().size(),
                    away.getMessage());
        }
    }

    /** Notes what there is, for at most 5 s. After the transport was closed, which has answered for all then. */
    void close() {
        closed = true;
        answers.add(NOTHING);
        Thread last;
        lock.lock();
        try {
            last = thread;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            try {
                last.join(LAST.toMillis());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
