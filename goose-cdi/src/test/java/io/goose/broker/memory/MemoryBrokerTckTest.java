package io.goose.broker.memory;

import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LostReplyContract;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Nested;

/** The memory broker keeps every contract but that of transactions, in which it takes no part. */
final class MemoryBrokerTckTest extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return MemoryBrokerUnderTest::new;
    }

    @Nested
    class LosesReplies extends LostReplyContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }
}
