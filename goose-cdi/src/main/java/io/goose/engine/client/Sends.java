package io.goose.engine.client;

import io.goose.BrokerUnavailableException;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends in the face of a transport that breaks its contract: whatever it does, there is an answer for every job, so that
 * nobody waits for ever and nobody takes silence for success.
 */
public final class Sends {

    private Sends() {}

    /** Begins to send; what the transport throws is in the stage. */
    public static CompletionStage<List<SendResult>> begin(Transport transport, List<QueuedJob> jobs) {
        try {
            return transport.send(jobs);
        } catch (RuntimeException | Error broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }

    /** Sends, and waits for the answers: one for each job. */
    public static List<SendResult> send(Transport transport, List<QueuedJob> jobs) {
        return answers(transport, begin(transport, jobs), jobs.size());
    }

    /**
     * Waits for the answers to {@code count} jobs; they are unknown where the transport gave none, or none in
     * {@link Transport#answersWithin its time}. An interrupt does not end the wait; the flag stays set.
     */
    public static List<SendResult> answers(Transport transport, CompletionStage<List<SendResult>> stage, int count) {
        Throwable broken;
        try {
            List<SendResult> answers = await(transport, stage.toCompletableFuture());
            if (answers.size() == count && answers.stream().noneMatch(answer -> answer == null)) {
                return answers;
            }
            broken = new IllegalStateException("the broker gave " + answers.size() + " answers, or none, for " + count
                    + " jobs; its send breaks the contract of Transport");
        } catch (ExecutionException failed) {
            broken = failed.getCause() == null ? failed : failed.getCause();
        } catch (RuntimeException | Error failed) {
            broken = failed;
        }
        return Collections.nCopies(count, new SendResult.Unknown(true, broken));
    }

    private static List<SendResult> await(Transport transport, CompletableFuture<List<SendResult>> stage)
            throws ExecutionException {
        if (stage.isDone() && !stage.isCompletedExceptionally()) {
            return stage.join();
        }
        Duration most = transport.answersWithin();
        long end = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return stage.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    interrupted = true;
                } catch (TimeoutException silent) {
                    throw new BrokerUnavailableException(
                            "GOOSE-4117: " + transport.describe() + " has not said within " + most
                                    + " what became of the jobs, which its send promises; see whether the threads of the server"
                                    + " and the broker are well",
                            silent);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Sends jobs in parts of what goes at once, all under way together; waits for all. */
    static List<SendResult> all(Transport transport, List<QueuedJob> jobs) {
        List<CompletionStage<List<SendResult>>> underWay = new ArrayList<>();
        for (int from = 0; from < jobs.size(); from += GroupCommit.MOST) {
            List<QueuedJob> part = jobs.subList(from, Math.min(jobs.size(), from + GroupCommit.MOST));
            underWay.add(begin(transport, part));
        }
        List<SendResult> results = new ArrayList<>(jobs.size());
        for (CompletionStage<List<SendResult>> stage :
                underWay) { // all of them, so that nothing is under way afterwards
            int count = Math.min(GroupCommit.MOST, jobs.size() - results.size());
            results.addAll(answers(transport, stage, count));
        }
        return results;
    }
}
