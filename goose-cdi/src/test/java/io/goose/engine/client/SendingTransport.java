package io.goose.engine.client;

import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A transport that can only send, in the way the test says. */
record SendingTransport(Function<List<QueuedJob>, CompletionStage<List<SendResult>>> sending, Duration answersWithin)
        implements Transport {

    SendingTransport(Function<List<QueuedJob>, CompletionStage<List<SendResult>>> sending) {
        this(sending, Duration.ofMinutes(5));
    }

    /** Answers at once. */
    static SendingTransport answering(Function<List<QueuedJob>, List<SendResult>> answers) {
        return new SendingTransport(jobs -> CompletableFuture.completedFuture(answers.apply(jobs)));
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        return sending.apply(jobs);
    }

    @Override
    public Session open(SessionSpec spec) {
        throw new UnsupportedOperationException("this transport only sends");
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public Set<String> queues() {
        return Set.of();
    }

    @Override
    public void pause(String queue) {
        throw new UnsupportedOperationException("this transport only sends");
    }

    @Override
    public void resume(String queue) {
        throw new UnsupportedOperationException("this transport only sends");
    }

    @Override
    public void check() {}

    @Override
    public String describe() {
        return "sending only";
    }

    @Override
    public void close() {}
}
