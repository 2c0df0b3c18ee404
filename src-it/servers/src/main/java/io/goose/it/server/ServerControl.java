package io.goose.it.server;

import java.time.Duration;

/** The few things that can be done to a server from outside, whatever it runs in. Not thread-safe: its one owner locks. */
interface ServerControl {

    /** Starts it anew; does not wait until it answers. */
    void start();

    /** SIGKILL; returns when it is gone. */
    void kill();

    /** SIGTERM; SIGKILL if it is still there after {@code patience}. Returns when it is gone. */
    void stop(Duration patience);

    /** SIGSTOP; returns when it no longer runs. */
    void pause();

    /** SIGCONT. */
    void resume();

    boolean isRunning();

    /** What it has written since it was last started. */
    String log();

    /** Kills it and takes away what would stay behind in the system. */
    void discard();
}
