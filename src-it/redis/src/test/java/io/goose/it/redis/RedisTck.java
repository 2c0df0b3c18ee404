package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.RedisServer;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CapabilityContract;
import io.goose.tck.ConcurrencyContract;
import io.goose.tck.CrashContract;
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

/** The contracts of sending, leasing, settling and crashing on one set-up of Redis; {@link Whole} adds the rest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedisTck {

    /** Commands that take as long as the keyspace is large. */
    static final String[] SCANS = {
        "cmdstat_scan:", "cmdstat_keys:", "cmdstat_sscan:", "cmdstat_hscan:", "cmdstat_zscan:", "cmdstat_randomkey:"
    };

    private @Nullable RedisSetUp setUp;

    /** Starts the servers, once for all tests. */
    abstract RedisSetUp setUp();

    @BeforeAll
    void startServers() {
        setUp = setUp();
    }

    /** R9: nothing scans the keyspace or a collection, whatever was done. Commands that scripts run are counted too. */
    @AfterAll
    void endServers() throws Exception {
        RedisSetUp started = Objects.requireNonNull(setUp);
        try (started) {
            for (RedisServer server : started.servers()) {
                assertThat(String.valueOf(server.call("INFO", "commandstats")))
                        .as("what the contracts made the server at port %d do", server.port())
                        .contains("cmdstat_evalsha:")
                        .doesNotContain(SCANS);
            }
        }
    }

    /** A broker with a namespace of its own on the set-up. */
    final BrokerUnderTest broker() {
        return new RedisUnderTest(Objects.requireNonNull(setUp).properties());
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

    @Nested
    class Crashes extends CrashContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }

    /** The rest of the contracts. */
    abstract static class Whole extends RedisTck {

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
