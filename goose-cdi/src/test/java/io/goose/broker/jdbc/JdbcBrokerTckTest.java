package io.goose.broker.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CapabilityContract;
import io.goose.tck.ConcurrencyContract;
import io.goose.tck.CrashContract;
import io.goose.tck.DeadContract;
import io.goose.tck.EnvelopeContract;
import io.goose.tck.HeartbeatContract;
import io.goose.tck.LeaseContract;
import io.goose.tck.LedgerContract;
import io.goose.tck.LostReplyContract;
import io.goose.tck.PauseContract;
import io.goose.tck.RescueContract;
import io.goose.tck.RetryContract;
import io.goose.tck.RoutingContract;
import io.goose.tck.ScheduleContract;
import io.goose.tck.SendContract;
import io.goose.tck.SettleContract;
import org.junit.jupiter.api.Nested;

/** The JDBC broker keeps, on H2, every contract. */
final class JdbcBrokerTckTest {

    @Nested
    class Send extends SendContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Envelopes extends EnvelopeContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Settles extends SettleContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Schedules extends ScheduleContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Retries extends RetryContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Dead extends DeadContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Heartbeats extends HeartbeatContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Rescues extends RescueContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Routes extends RoutingContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Pauses extends PauseContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Looks extends LedgerContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Crashes extends CrashContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Concurrently extends ConcurrencyContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class Declares extends CapabilityContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }

    @Nested
    class LostReplies extends LostReplyContract {
        @Override
        protected BrokerUnderTest create() {
            return new JdbcUnderTest();
        }
    }
}
