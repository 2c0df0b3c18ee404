package io.goose.engine.client;

import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that enqueue at the same time share round trips: one of them sends what all of them brought while the others
 * wait, then another takes over. A caller alone pays nothing and waits for nobody; no thread is needed.
 *
 * <p>Thread-safe.
 */
final class GroupCommit {

    /** The most jobs of one send. */
    static final int MOST = 500;

    private final Transport transport;
    private final int concurrency;
    private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger senders = new AtomicInteger();

    /**
     * @param concurrency how many callers may send at the same time
     */
    GroupCommit(Transport transport, int concurrency) {
        this.transport = transport;
        this.concurrency = concurrency;
    }

    /** Sends a job and waits for the broker's answer. An interrupt does not end the wait; the flag stays set. */
    SendResult send(QueuedJob job) {
        Pending mine = new Pending(job, Thread.currentThread());
        waiting.add(mine);
        boolean interrupted = false;
        while (true) {
            SendResult result = mine.result;
            if (result != null) {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return result;
            }
            if (tryBecomeSender()) {
                try {
                    sendFor(mine);
                } finally {
                    senders.decrementAndGet();
                    handOver();
                }
                if (mine.result != null) {
                    continue;
                }
                // It is on its way with another sender, who will answer it.
            }
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
    }

    private boolean tryBecomeSender() {
        int now = senders.get();
        return now < concurrency && senders.compareAndSet(now, now + 1);
    }

    /** Sends batches until {@code mine} has its answer; it may also be on its way with another sender. */
    private void sendFor(Pending mine) {
        while (mine.result == null) {
            Pending first = waiting.poll();
            if (first == null) {
                return;
            }
            send(first);
        }
    }

    /** Sends a job and those that wait behind it. Whatever happens, each has an answer: nobody else would give it one. */
    private void send(Pending first) {
        Pending last = first;
        try {
            List<QueuedJob> jobs = new ArrayList<>();
            jobs.add(first.job);
            for (Pending next = waiting.poll(); next != null; next = jobs.size() < MOST ? waiting.poll() : null) {
                last.behind = next;
                last = next;
                jobs.add(next.job);
            }
            List<SendResult> results = Sends.send(transport, jobs);
            int i = 0;
            for (Pending one = first; one != null; one = one.behind) {
                one.answer(results.get(i++));
            }
        } catch (RuntimeException | Error broken) { // for example out of memory
            SendResult unknown = new SendResult.Unknown(true, broken);
            for (Pending one = first; one != null; one = one.behind) {
                if (one.result == null) {
                    one.answer(unknown);
                }
            }
        }
    }

    /** Wakes one that waits, so that what came meanwhile is sent. */
    private void handOver() {
        Pending next = waiting.peek();
        if (next != null) {
            LockSupport.unpark(next.caller);
        }
    }

    private static final class Pending {
        private final QueuedJob job;
        private final Thread caller;
        private @Nullable Pending behind; // in the same send; written and read by its sender only
        private volatile @Nullable SendResult result;

        private Pending(QueuedJob job, Thread caller) {
            this.job = job;
            this.caller = caller;
        }

        private void answer(SendResult answer) {
            result = answer;
            if (caller != Thread.currentThread()) {
                LockSupport.unpark(caller);
            }
        }
    }
}
