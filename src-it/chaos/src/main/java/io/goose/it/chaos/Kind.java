package io.goose.it.chaos;

import io.goose.JobOptions;
import io.goose.RetryDelay;
import io.goose.RetryLater;
import java.time.Duration;

/** What is special about a counted job. Its number says it: of twenty in a row, sixteen are plain and one is of each other kind. */
enum Kind {
    /** Runs once, from the back of its queue. */
    PLAIN,
    /** Fails in its first attempt and asks for another one a moment later. */
    RETRIED,
    /** Fails in its first attempt and is retried on another queue, after a delay of the application's own. */
    DETOURED,
    /** Is enqueued for later. */
    SCHEDULED,
    /** Is enqueued at the front. */
    HURRIED;

    /** How long a job waits that is retried or scheduled. */
    static final Duration SOON = Duration.ofMillis(500);

    /** The name of the custom delay of detoured jobs. */
    static final String SOON_NAME = "soon";

    /** The queue of the retries of detoured jobs. */
    static final String DETOUR = "detour";

    static Kind of(int number) {
        return switch (number % 20) {
            case 1 -> RETRIED;
            case 6 -> DETOURED;
            case 11 -> SCHEDULED;
            case 16 -> HURRIED;
            default -> PLAIN;
        };
    }

    /** Whether the first attempt fails. */
    boolean failsFirst() {
        return this == RETRIED || this == DETOURED;
    }

    /** What the first attempt throws. */
    RuntimeException failure() {
        return this == RETRIED ? new RetryLater(SOON) : new IllegalStateException("the first attempt fails");
    }

    /** How a job of this kind is enqueued. */
    JobOptions.Builder with(JobOptions.Builder options) {
        return switch (this) {
            case PLAIN, RETRIED, SCHEDULED -> options;
            case DETOURED -> options.retryQueue(DETOUR).retryDelay(RetryDelay.named(SOON_NAME));
            case HURRIED -> options.front();
        };
    }
}
