package io.goose.broker.composed;

import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Moves what is due from the ledger to the transport: take, send, confirm, mark. A crash between any two leaves a stray, which is
 * sent again; the transport knows it by its mark, and who runs it asks the ledger. Thread-safe.
 */
final class DueRelay {

    private static final System.Logger LOG = System.getLogger(DueRelay.class.getName());

    private static final int MOST = 500;
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final Duration HOLD = Duration.ofSeconds(5);

    /** How long what is sent may keep a heart: much less than a lease lasts. */
    private static final Duration HEART_WAIT = Duration.ofSeconds(1);

    private final Transport transport;
    private final GuardedLedger ledger;
    private final Duration hold;
    private final Duration heartWait;
    private final Lateness lateness;
    private final Queue<Answer> late = new ConcurrentLinkedQueue<>();

    DueRelay(Transport transport, GuardedLedger ledger) {
        this(transport, ledger, HOLD, HEART_WAIT, System::nanoTime);
    }

    /**
     * @param hold how long what was taken is nobody else's; a claim waits no longer for the transport
     * @param heartWait how long a sweep waits for it
     * @param nanoClock elapsed time, in ns
     */
    DueRelay(Transport transport, GuardedLedger ledger, Duration hold, Duration heartWait, LongSupplier nanoClock) {
        this.transport = transport;
        this.ledger = ledger;
        this.hold = hold;
        this.heartWait = heartWait;
        this.lateness = new Lateness(nanoClock);
    }

    /**
     * What the transport said of what was taken.
     *
     * @param fresh whether the jobs were just entered, so that one which is refused was never accepted from anybody
     */
    record Answer(List<Taken> taken, List<SendResult> results, boolean fresh) {}

    /**
     * Sends what is due, at most 500 jobs. A large backlog is sent claim by claim, so that the first of it runs meanwhile.
     *
     * @return what was sent, and when there is more
     */
    Due send(String queue) {
        return send(queue, hold);
    }

    /** The same for those who must not be kept by a transport that is slow, as hearts. */
    Due sendSoon(String queue) {
        return send(queue, heartWait);
    }

    private Due send(String queue, Duration wait) {
        Due due = ledger.takeDue(queue, MOST, hold);
        lateness.looked(queue, due);
        deliver(due.taken(), wait);
        return due;
    }

    /** For how long something has been due without a moment in which the transport had all of it. */
    Duration lag() {
        return lateness.now();
    }

    /** Sends again what somebody took and did not mark, as much as there is time for; how many. */
    int sendStrays() {
        for (Answer answer = late.poll(); answer != null; answer = late.poll()) {
            mark(answer);
        }
        long begun = System.nanoTime();
        int all = 0;
        List<Taken> strays;
        do {
            strays = ledger.takeStrays(MOST, hold);
            lateness.lookedAtStrays(all + strays.size() > 0, hold);
            deliver(strays, heartWait);
            all += strays.size();
        } while (strays.size() == MOST && System.nanoTime() - begun < heartWait.toNanos());
        return all;
    }

    /** What is not answered in time stays taken; it is marked by a later sweep, or a stray. */
    private void deliver(List<Taken> taken, Duration wait) {
        if (taken.isEmpty()) {
            return;
        }
        CompletionStage<List<SendResult>> sent =
                transport.send(taken.stream().map(Taken::job).toList());
        CompletableFuture<List<SendResult>> answer = sent.toCompletableFuture();
        if (isAnswered(answer, wait)) {
            mark(new Answer(taken, answer.join(), false));
        } else {
            sent.thenAccept(results -> late.add(new Answer(taken, results, false)));
        }
    }

    private static boolean isAnswered(CompletableFuture<?> answer, Duration wait) {
        try {
            answer.get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException over) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException failed) {
            return true; // and its join says how
        }
    }

    /** Writes into the ledger what the transport said. */
    void mark(Answer answer) {
        List<Taken> confirmed = new ArrayList<>();
        List<Taken> there = new ArrayList<>();
        for (int i = 0; i < answer.taken().size(); i++) {
            Taken taken = answer.taken().get(i);
            SendResult result = answer.results().get(i);
            if (result instanceof SendResult.Accepted) {
                confirmed.add(taken);
            } else if (result instanceof SendResult.Exists) {
                there.add(taken); // it may be what the job was before, which is about to go
            } else if (result instanceof SendResult.Rejected rejected) {
                refused(taken.job(), rejected, answer.fresh());
            }
        }
        if (!confirmed.isEmpty()) {
            ledger.sent(confirmed);
        }
        if (!there.isEmpty()) {
            ledger.putOff(there, AGAIN);
        }
    }

    /** One that was accepted before stays a stray: somebody may mend what the transport does not like. */
    private void refused(QueuedJob job, SendResult.Rejected why, boolean fresh) {
        if (fresh) {
            ledger.forget(job.queue(), job.id());
        } else {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3061: job {0} of queue {1} is due and is not taken: {2}: {3}; it stays in the ledger and is sent"
                            + " again, so mend what is said there, or delete the job",
                    job.id(),
                    job.queue(),
                    why.code(),
                    why.message());
        }
    }
}
