package io.goose.it.chaos;

/** Where a process with a distributed transaction dies. */
enum XaPoint {
    /** The database may have prepared, Goose has not. */
    BEFORE_PREPARE,
    /** Goose has prepared, and nothing is decided. */
    AFTER_PREPARE,
    /** It is decided, and Goose has not been told. */
    BEFORE_COMMIT,
    /** At some moment of a commit that is under way. */
    DURING_COMMIT,
    /** Goose has committed, and the transaction manager has not been told. */
    AFTER_COMMIT,
    /** It does not. */
    NEVER
}
