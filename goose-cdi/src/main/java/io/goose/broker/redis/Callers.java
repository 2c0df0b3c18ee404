package io.goose.broker.redis;

import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for numbered calls to a ledger. A caller makes one call at a time, so that the last number is all that the server must
 * remember of it; there are as many as calls at a time. Thread-safe.
 */
final class Callers {

    private final String self = UUID.randomUUID().toString();
    private final AtomicLong made = new AtomicLong();
    private final ConcurrentLinkedDeque<Caller> free = new ConcurrentLinkedDeque<>();

    /** Of whoever has taken it. */
    static final class Caller {
        private final String id;
        private long number;
        private boolean unanswered;

        private Caller(String id) {
            this.id = id;
        }

        /** The key of its last call. */
        byte[] key(QueueKeys queue) {
            return queue.call(id);
        }

        /** The number of its next call, which the one that has it makes now. */
        byte[] next() {
            return QueueKeys.bytes(++number);
        }

        /** The number of its next call, or of its last if that was not answered. */
        byte[] nextOrSame() {
            if (!unanswered) {
                number++;
            }
            unanswered = true;
            return QueueKeys.bytes(number);
        }

        void answered() {
            unanswered = false;
        }
    }

    /** One that nobody else has; the last one that was given back, if there is any. */
    Caller take() {
        Caller caller = free.pollFirst();
        return caller == null ? new Caller(self + '.' + made.incrementAndGet()) : caller;
    }

    void giveBack(Caller caller) {
        free.addFirst(caller);
    }
}
