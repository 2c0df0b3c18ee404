package io.goose.it.xa;

import io.goose.it.observe.Surroundings;
import jakarta.transaction.TransactionSynchronizationRegistry;
import javax.naming.NamingException;

/** How work ends that was done. */
final class XaEnd {

    private XaEnd() {}

    static void end(String how) throws NamingException {
        switch (how) {
            case "commit" -> {}
            case "exception" -> throw new IllegalStateException("as told");
            case "rollbackOnly" ->
                ((TransactionSynchronizationRegistry)
                                Surroundings.lookup("java:comp/TransactionSynchronizationRegistry"))
                        .setRollbackOnly();
            default -> throw new IllegalArgumentException(how);
        }
    }
}
