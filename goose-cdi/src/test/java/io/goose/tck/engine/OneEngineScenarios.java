package io.goose.tck.engine;

import io.goose.se.Goose;
import io.goose.tck.BrokerUnderTest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Scenarios of one engine that works on two queues and retries nothing, on an empty storage, by the real time. */
public abstract class OneEngineScenarios {

    static final String ONE = "test";
    static final String OTHER = "test-other";

    final Jobs jobs = new Jobs();
    Goose goose;
    private BrokerUnderTest underTest;

    /** A broker with an empty storage, whose time is the real one. */
    protected abstract BrokerUnderTest create() throws Exception;

    /** How long something may take that is waited for. */
    abstract Duration patience();

    @BeforeEach
    void start() throws Exception {
        System.clearProperty("io.goose.stop-deadline"); // of a test before
        underTest = create();
        goose = Goose.builder()
                .config("goose.broker.main.kind", "given")
                .config("goose.worker.queues", ONE + "," + OTHER)
                .config("goose.worker.threads", "4")
                .config("goose.retry.max", "0")
                .brokerFactory(new GivenBroker(underTest.connect()))
                .register(jobs)
                .build()
                .start();
    }

    @AfterEach
    void close() {
        jobs.end.countDown();
        goose.close();
        underTest.close();
    }

    /** What a job notes next; null if none does. */
    final @Nullable String next() throws InterruptedException {
        return jobs.ran.poll(patience().toSeconds(), TimeUnit.SECONDS);
    }
}
