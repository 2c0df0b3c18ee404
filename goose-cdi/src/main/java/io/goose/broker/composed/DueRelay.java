package io.goose.broker.composed;

import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
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
import org.jspecify.annotations.Nullable;

/**
 * Moves what is due from the ledger to the transport: take, send, confirm, mark. A crash between any two leaves a stray, which is
 * sent again; the transport knows it by its mark, and who runs it asks the ledger. Thread-safe.
 */
final class DueRelay {

    private static final int MOST = 500;
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final Duration HOLD = Duration.ofSeconds(5);

    /** How long strays may keep a heart: much less than a lease lasts. */
    private static final Duration HEART_WAIT = Duration.ofSeconds(1);

    private final Transport transport;
    private final GuardedLedger ledger;
    private final Duration hold;
    private final Duration heartWait;
    private final Queue<Answer> late = new ConcurrentLinkedQueue<>();

    DueRelay(Transport transport, GuardedLedger ledger) {
        this(transport, ledger, HOLD, HEART_WAIT);
    }

    /**
     * @param hold how long what was taken is nobody else's; a claim waits no longer for the transport
     * @param heartWait how long a sweep waits for it
     */
    DueRelay(Transport transport, GuardedLedger ledger, Duration hold, Duration heartWait) {
        this.transport = transport;
        this.ledger = ledger;
        this.hold = hold;
        this.heartWait = heartWait;
    }

    /** What the transport said of what was taken. */
    private record Answer(List<Taken> taken, List<SendResult> results) {}

    /**
     * Sends what is due, at most 500 jobs; how long until there is more, null if nothing is to come. A large backlog is sent claim
     * by claim, so that the first of it runs meanwhile.
     */
    @Nullable Duration send(String queue) {
        Due due = ledger.takeDue(queue, MOST, hold);
        deliver(due.taken(), hold);
        return due.untilNext();
    }

    /** Sends again what somebody took and did not mark; how many. */
    int sendStrays() {
        for (Answer answer = late.poll(); answer != null; answer = late.poll()) {
            mark(answer);
        }
        List<Taken> strays = ledger.takeStrays(MOST, hold);
        deliver(strays, heartWait);
        return strays.size();
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
            mark(new Answer(taken, answer.join()));
        } else {
            sent.thenAccept(results -> late.add(new Answer(taken, results)));
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

    private void mark(Answer answer) {
        List<Taken> confirmed = new ArrayList<>();
        List<Taken> there = new ArrayList<>();
        for (int i = 0; i < answer.taken().size(); i++) {
            if (answer.results().get(i) instanceof SendResult.Accepted) {
                confirmed.add(answer.taken().get(i));
            } else if (answer.results().get(i) instanceof SendResult.Exists) {
                there.add(answer.taken().get(i)); // it may be what the job was before, which is about to go
            }
        }
        if (!confirmed.isEmpty()) {
            ledger.sent(confirmed);
        }
        if (!there.isEmpty()) {
            ledger.putOff(there, AGAIN);
        }
    }
}
