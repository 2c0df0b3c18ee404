package io.goose.broker.composed;

import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves what is due from the ledger to the transport: take, send, confirm, mark. A crash between any two leaves a stray, which is
 * sent again; the transport knows it by its mark, and who runs it asks the ledger. Thread-safe.
 */
final class DueRelay {

    private static final int MOST = 500;
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final Duration HOLD = Duration.ofSeconds(5);

    private final Transport transport;
    private final GuardedLedger ledger;

    DueRelay(Transport transport, GuardedLedger ledger) {
        this.transport = transport;
        this.ledger = ledger;
    }

    /** Sends what is due; how long until there is more, null if nothing is to come. */
    @Nullable Duration send(String queue) {
        Due due = ledger.takeDue(queue, MOST, HOLD);
        while (!due.jobs().isEmpty()) {
            deliver(due.jobs());
            if (due.jobs().size() < MOST) {
                return due.untilNext();
            }
            due = ledger.takeDue(queue, MOST, HOLD);
        }
        return due.untilNext();
    }

    /** Sends again what somebody took and did not mark; how many. */
    int sendStrays() {
        List<QueuedJob> strays = ledger.takeStrays(MOST, HOLD);
        deliver(strays);
        return strays.size();
    }

    private void deliver(List<QueuedJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        List<SendResult> results = transport.send(jobs).toCompletableFuture().join();
        List<QueuedJob> confirmed = new ArrayList<>();
        List<QueuedJob> there = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (results.get(i) instanceof SendResult.Accepted) {
                confirmed.add(jobs.get(i));
            } else if (results.get(i) instanceof SendResult.Exists) {
                there.add(jobs.get(i)); // it may be what the job was before, which is about to go
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
