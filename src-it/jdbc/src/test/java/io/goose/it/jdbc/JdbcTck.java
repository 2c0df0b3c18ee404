package io.goose.it.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CapabilityContract;
import io.goose.tck.ConcurrencyContract;
import io.goose.tck.DeadContract;
import io.goose.tck.EnvelopeContract;
import io.goose.tck.HeartbeatContract;
import io.goose.tck.LeaseContract;
import io.goose.tck.LedgerContract;
import io.goose.tck.PauseContract;
import io.goose.tck.RescueContract;
import io.goose.tck.RetryContract;
import io.goose.tck.RoutingContract;
import io.goose.tck.ScheduleContract;
import io.goose.tck.SendContract;
import io.goose.tck.SettleContract;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The contracts of sending, leasing and settling on one database; {@link Whole} adds the rest but that of crashes, which takes
 * longest: each database says itself when to run it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcTck {

    private @Nullable DatabaseSetUp setUp;

    /** Starts the server, once for all tests. */
    abstract DatabaseSetUp setUp();

    @BeforeAll
    void startServer() {
        setUp = setUp();
    }

    @AfterAll
    void endServer() {
        if (setUp != null) {
            setUp.close();
        }
    }

    /** A broker with a namespace of its own in the database. */
    final BrokerUnderTest broker() {
        return new JdbcUnderTest(Objects.requireNonNull(setUp).pool());
    }

    @Nested
    class Send extends SendContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }

    @Nested
    class Envelopes extends EnvelopeContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }

    @Nested
    class Settles extends SettleContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }

    /** The rest of the contracts. */
    abstract static class Whole extends JdbcTck {

        @Nested
        class Schedules extends ScheduleContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Retries extends RetryContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Dead extends DeadContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Heartbeats extends HeartbeatContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Rescues extends RescueContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Routes extends RoutingContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Pauses extends PauseContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Looks extends LedgerContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Concurrently extends ConcurrencyContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }

        @Nested
        class Declares extends CapabilityContract {
            @Override
            protected BrokerUnderTest create() {
                return broker();
            }
        }
    }
}
