package io.goose.tck;

import org.junit.jupiter.api.Nested;

/**
 * The contracts on one set-up. A broker joins with one subclass of {@link Whole} that says how it is set up, and with one of
 * {@link Main} for each further way to set it up. Two contracts need more of the set-up and are for the subclass to add, by a
 * nested class each: {@link LostReplyContract} and {@link TransactionContract}.
 */
public abstract class BrokerTck extends SetUpOnce {

    @Nested
    class Send extends SendContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    @Nested
    class Envelopes extends EnvelopeContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    @Nested
    class Settles extends SettleContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    /** Sending, leasing, settling and crashing. */
    public abstract static class Main extends BrokerTck {

        @Nested
        class Crashes extends CrashContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }
    }

    /** Every contract but that of crashes, which takes longest. */
    public abstract static class WholeButCrashes extends BrokerTck {

        @Nested
        class Schedules extends ScheduleContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Retries extends RetryContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Dead extends DeadContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Heartbeats extends HeartbeatContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Rescues extends RescueContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Routes extends RoutingContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Pauses extends PauseContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Uniques extends UniqueContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Statuses extends StatusContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Cancels extends CancelContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Looks extends LedgerContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Keeps extends HousekeepingContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class KeepsAtOnce extends HousekeepingRaceContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Limits extends LimitContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Recurs extends CronContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Batches extends BatchContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Concurrently extends ConcurrencyContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }

        @Nested
        class Declares extends CapabilityContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }
    }

    /** Every contract. */
    public abstract static class Whole extends WholeButCrashes {

        @Nested
        class Crashes extends CrashContract {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }
    }
}
