package io.goose.engine.worker;

/** What a worker does beside its jobs, again and again on a thread of its own, as long as it works. */
public interface SideLoop {

    /** What the thread is called, behind the worker's name. */
    String name();

    /**
     * One round, with the wait for the next. What it throws is logged, waited out, and followed by another round.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    void round() throws InterruptedException;

    /** Ends the wait of a round. Never blocks. */
    void wake();

    /** The last call, on the thread of the rounds, after the last of them: the worker stops. */
    default void ended() {}
}
