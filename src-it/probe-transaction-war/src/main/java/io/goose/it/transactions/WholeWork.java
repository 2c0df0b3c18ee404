package io.goose.it.transactions;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What transactional jobs do: a row and a job of each attempt, of which those of the last one stay. */
@ApplicationScoped
public class WholeWork {

    @Inject
    Targets targets;

    /** The first attempt ends in the way that is asked for, the second one well. */
    void attempt(String how, String broker, String key, int attempt) throws Exception {
        Target target = targets.target(broker);
        boolean stays = how.equals("commit") || attempt > 1;
        target.send(key + (stays ? "/stays" : "/goes"));
        if (!stays) {
            end(how);
        }
    }

    private static void end(String how) throws Exception {
        switch (how) {
            case "exception" -> throw new Broken();
            case "checkedException" -> throw new Checked();
            case "setRollbackOnly" -> CdiUnit.registry().setRollbackOnly();
            case "timeout" -> awaitTimeout();
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static void awaitTimeout() throws Exception {
        long start = System.nanoTime();
        while (CdiUnit.registry().getTransactionStatus() == Status.STATUS_ACTIVE) {
            if (System.nanoTime() - start > Duration.ofMinutes(1).toNanos()) {
                throw new AssertionError("the transaction does not time out");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
