package io.goose.engine.client;

import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

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

    /** Waits for the answers to {@code count} jobs; they are unknown where the transport gave none. */
    public static List<SendResult> answers(CompletionStage<List<SendResult>> stage, int count) {
        Throwable broken;
        try {
            List<SendResult> answers = stage.toCompletableFuture().join();
            if (answers.size() == count && answers.stream().noneMatch(answer -> answer == null)) {
                return answers;
            }
            broken = new IllegalStateException("the broker gave " + answers.size() + " answers, or none, for " + count
                    + " jobs; its send breaks the contract of Transport");
        } catch (CompletionException failed) {
            broken = failed.getCause() == null ? failed : failed.getCause();
        } catch (RuntimeException | Error failed) {
            broken = failed;
        }
        return Collections.nCopies(count, new SendResult.Unknown(true, broken));
    }
}
