package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.QueuedJob;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
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
import io.goose.tck.TransactionContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

        @Test
        void aJobThatIsReroutedStartsAnewBeingUnknown() {
            sendOne();
            Session ignorant = openKnowing("v:1");
            apply(ignorant, leaseOne(ignorant), new Outcome.Release(Duration.ofMillis(50), "v:2"));
            Lease lease = leaseSoon(ignorant);
            assertThat(lease.job().state().unknownSince()).isNotNull();
            Session newer = openKnowing("v:2");
            apply(ignorant, lease, new Outcome.Release(Duration.ofHours(1), "v:2"));

            newer.close();

            assertThat(leaseSoon(ignorant).job().state().unknownSince()).isNull();
        }

        @Test
        void whatNeedsSeveralThings_isAskedAboutAgainWhenTheLastThatKnewThemAllCloses() {
            QueuedJob job = sendOne();
            Session one = openKnowing("enc:smile");
            Session both = openKnowing("enc:smile", "handler:a");
            apply(one, leaseOne(one), new Outcome.Release(Duration.ofHours(1), "enc:smile handler:a"));
            assertThat(placeOf(job)).isEqualTo(Place.WAITING);
            assertThat(lease(one, 1)).isEmpty();
            Session late = openKnowing("handler:a", "enc:smile"); // when the job is routed already
            both.close();

            assertThat(lease(one, 1)).isEmpty();
            late.returnUnstarted(List.of(leaseOne(late)));
            apply(one, leaseOne(one), new Outcome.Release(Duration.ofHours(1), "enc:smile handler:a"));
            assertThat(lease(one, 1)).isEmpty();
            late.close();

            assertThat(leaseSoon(one).job().id()).isEqualTo(job.id());
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
    class Transactions extends TransactionContract {
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
