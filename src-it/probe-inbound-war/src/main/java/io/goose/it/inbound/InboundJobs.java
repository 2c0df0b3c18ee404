package io.goose.it.inbound;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;

/** The jobs that the bean runs. */
@Stateless
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
public class InboundJobs {

    @Inject
    JobRun run;

    /** Looks around. */
    @Job(queue = "inbound")
    public void look(String key) {
        record(key, "ran");
    }

    /** Fails once. */
    @Job(queue = "inbound", maxRetries = 1, retryDelay = "fixed:PT0.1S")
    public void failOnce(String key) {
        record(key, "ran");
        if (run.attempt() == 1) {
            throw new IllegalStateException("as told");
        }
    }

    /** Runs until it is interrupted, or has been told to end. */
    @Job(queue = "inbound")
    public void hold(String key) throws InterruptedException {
        record(key, "begun");
        if (Files.exists(Records.finishMark(key))) {
            return;
        }
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            record(key, "interrupted");
            throw asked;
        }
    }

    /** Is counted. */
    @Job(queue = "inbound")
    public void count(String key) {
        InboundCount.count();
    }

    private void record(String key, String what) {
        Records.write(Surroundings.look(key, InboundJobs.class)
                .add("what", what)
                .add("attempt", run.attempt())
                .add("transaction", Surroundings.attempt(InboundJobs::transaction))
                .build());
    }

    private static int transaction() throws Exception {
        return ((TransactionSynchronizationRegistry)
                        Surroundings.lookup("java:comp/TransactionSynchronizationRegistry"))
                .getTransactionStatus();
    }
}
