package io.goose.engine.transaction;

import java.util.Locale;

/** What an enqueue inside a transaction means, {@code goose.transaction}. */
public enum TransactionMode {
    /** Joins the transaction where the broker can, else goes through its outbox, else waits for the commit. */
    AUTO,
    /** The same, and a broker that can do neither is refused. */
    OUTBOX,
    /** Is kept until the transaction has committed and sent then. */
    AFTER_COMMIT,
    /** Is sent at once, whatever becomes of the transaction. */
    IMMEDIATE;

    /** Whether an enqueue is to share the fate of its transaction by a database, where that can be done. */
    boolean shares() {
        return this == AUTO || this == OUTBOX;
    }

    /** As it is written in the configuration. */
    String configured() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
