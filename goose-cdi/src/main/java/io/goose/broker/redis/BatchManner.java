package io.goose.broker.redis;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How the batches of a broker, or of a ledger for a transport, are kept: by the same steps, but that jobs are enqueued in another way.
 *
 * @param ready told the queue in which something has become ready, where no script wakes anybody
 * @param retention how long a broker remembers what it was sent
 */
record BatchManner(Script add, Script mark, Script cancel, Consumer<String> ready, Duration retention) {

    static BatchManner ofBroker(Duration retention) {
        return new BatchManner(Script.BATCH_ADD, Script.BATCH_MARK, Script.BATCH_CANCEL, queue -> {}, retention);
    }

    static BatchManner ofLedger(Consumer<String> ready, Duration retention) {
        return new BatchManner(
                Script.LEDGER_BATCH_ADD, Script.LEDGER_BATCH_MARK, Script.LEDGER_BATCH_CANCEL, ready, retention);
    }
}
