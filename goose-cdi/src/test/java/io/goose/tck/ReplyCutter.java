package io.goose.tck;

/** Cuts connections at the worst moment: the broker has done what it was asked and its reply does not arrive. */
public interface ReplyCutter {

    /** The kinds of request whose reply can be lost. */
    enum Request {
        SEND,
        CLAIM,
        SETTLE,
        /** An addition of jobs to a batch; only where there are batches. */
        ADD
    }

    /** A cut that was ordered. */
    interface Cut {
        /** How often a request was executed and its reply lost: 0, then 1. */
        int times();
    }

    /** Lets the next request of this kind be executed and loses its reply, whichever connection it is on. */
    Cut cutNextReply(Request kind);
}
