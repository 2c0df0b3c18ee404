package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.QueuedJob;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.tck.BrokerContract;
import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LostReplyContract;
import io.goose.tck.TckSetUp;
import io.goose.tck.TransactionContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The JDBC broker keeps, on H2, every contract. */
final class JdbcBrokerTckTest extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return JdbcUnderTest::new;
    }

    @Nested
    class LosesReplies extends LostReplyContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    /** What the contract of routes does not ask. */
    @Nested
    class RoutesInTables extends BrokerContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
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
}
