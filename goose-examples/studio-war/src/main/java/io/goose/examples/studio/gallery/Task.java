package io.goose.examples.studio.gallery;

import java.time.Instant;

/**
 * One thing to be done to a photo, by one job.
 *
 * @param name unique within the photo: {@code thumbnail-480}, {@code metadata}
 * @param jobId the id of its job, chosen by the studio, so that enqueuing it again is harmless
 * @param state how far it is
 * @param attempt the number of the latest run, 0 before the first
 * @param percent progress of the latest run, 0 to 100
 * @param note the result in words, or the latest failure; empty if there is none yet
 * @param changedAt when the state last changed, epoch milliseconds
 */
public record Task(String name, String jobId, TaskState state, int attempt, int percent, String note, long changedAt) {

    static Task waiting(String name, String jobId, Instant now) {
        return new Task(name, jobId, TaskState.WAITING, 0, 0, "", now.toEpochMilli());
    }

    Task running(int nowAttempt, Instant now) {
        return new Task(name, jobId, TaskState.RUNNING, nowAttempt, 0, note, now.toEpochMilli());
    }

    Task at(int nowPercent) {
        return new Task(name, jobId, state, attempt, nowPercent, note, changedAt);
    }

    Task to(TaskState nowState, int nowAttempt, String nowNote, Instant now) {
        int nowPercent =
                switch (nowState) {
                    case WAITING -> 0;
                    case DONE -> 100;
                    case RUNNING, RETRYING, DEAD -> percent;
                };
        return new Task(name, jobId, nowState, nowAttempt, nowPercent, nowNote, now.toEpochMilli());
    }
}
