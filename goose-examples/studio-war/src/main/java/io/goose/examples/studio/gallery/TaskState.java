package io.goose.examples.studio.gallery;

/** How far a task is. */
public enum TaskState {
    /** Enqueued. */
    WAITING,
    /** A worker is at it. */
    RUNNING,
    /** It failed and will be tried again. */
    RETRYING,
    /** Done, with a result. */
    DONE,
    /** It failed for the last time and lies in the dead set. */
    DEAD;

    /** Whether nothing more will happen to the task. */
    public boolean isEnd() {
        return this == DONE || this == DEAD;
    }
}
