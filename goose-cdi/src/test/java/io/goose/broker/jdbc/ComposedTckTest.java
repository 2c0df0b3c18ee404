package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.tck.BatchContract;
import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.GuardContract;
import io.goose.tck.TckSetUp;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A memory transport with a ledger in H2 keeps, together, every contract. */
final class ComposedTckTest extends BrokerTck.Main {

    @Override
    protected TckSetUp setUp() {
        return () -> new ComposedUnderTest(new JdbcUnderTest());
    }

    @Test
    void tombstones_goAfterTheirTime() {
        try (JdbcUnderTest database = new JdbcUnderTest()) {
            BrokerSettings forgetful =
                    new BrokerSettings("main", "goose", Map.of(), Duration.ofMillis(1), BrokerUnderTest.STANDARD_DEAD);
            Broker owner = JdbcBrokerFactory.of(database.source()).create(forgetful, JdbcUnderTest::daemon);
            GuardedLedger ledger = owner.ledgerFor("composed").orElseThrow();
            QueuedJob job = TestJobs.job("tck");
            ledger.settle(List.of(new Change(job, null)));
            assertThat(ledger.begin(List.of(new Delivery(job, true)))).containsExactly(false);
            database.advance(Duration.ofMillis(20));

            ledger.upkeep();

            assertThat(ledger.begin(List.of(new Delivery(job, true)))).containsExactly(true);
            owner.close();
        }
    }

    @Nested
    class Guards extends GuardContract {
        @Override
        protected BrokerUnderTest ledgers() {
            return new JdbcUnderTest();
        }
    }

    /** Batches of a transport that knows ids itself. */
    @Nested
    class Batches extends BatchContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }
}
