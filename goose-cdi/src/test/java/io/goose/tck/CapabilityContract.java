package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a broker says it can do is what it can do; what it does not say it refuses. */
public abstract class CapabilityContract extends BrokerContract {

    @Test
    void theCapabilitiesAreThoseExpectedAndStayTheSame() {
        assertThat(broker.capabilities()).containsExactlyInAnyOrderElementsOf(underTest.capabilities());
        sendOne();
        open();
        assertThat(connect().capabilities()).isEqualTo(broker.capabilities());
    }

    @ParameterizedTest
    @EnumSource(
            value = Capability.class,
            names = {
                "SCHEDULED_LIST",
                "WAITING_LIST",
                "WAITING_FIND",
                "WAITING_DELETE",
                "PRIORITISE",
                "WORKER_LIST",
                "PAUSE",
                "CRON",
                "BATCH",
                "CANCEL",
                "UNIQUE",
                "LIMITS",
                "STATUS",
                "JOINS_TRANSACTION",
                "TRANSACTIONAL_SETTLE",
                "BRANCHES"
            })
    void whatIsDeclaredWorksAndWhatIsNotIsRefused(Capability capability) {
        QueuedJob job = sendOne();
        Map<Capability, Runnable> operations = new EnumMap<>(Capability.class);
        operations.put(Capability.SCHEDULED_LIST, () -> broker.list(QUEUE, Place.SCHEDULED, 0, 10));
        operations.put(Capability.WAITING_LIST, () -> broker.list(QUEUE, Place.WAITING, 0, 10));
        operations.put(Capability.WAITING_FIND, () -> broker.find(QUEUE, job.id()));
        operations.put(Capability.WAITING_DELETE, () -> broker.delete(QUEUE, job.id()));
        operations.put(Capability.PRIORITISE, () -> broker.housekeeping()
                .prioritise(QUEUE, Set.of(Place.WAITING), List.of(job.id())));
        operations.put(Capability.WORKER_LIST, () -> broker.housekeeping().workers());
        operations.put(Capability.PAUSE, () -> {
            broker.pause(QUEUE);
            broker.resume(QUEUE);
        });

        operations.put(Capability.CRON, () -> broker.crons().due(1));
        operations.put(
                Capability.UNIQUE,
                () -> broker.send(List.of(TestJobs.job(QUEUE)
                        .withUnique(new UniqueKey("key", Scope.RUNNING, null, OnConflict.KEEP, null)))));
        operations.put(Capability.BATCH, () -> broker.batches().size());
        operations.put(Capability.LIMITS, () -> broker.limits().limits(QUEUE));
        operations.put(Capability.STATUS, () -> broker.result(QUEUE, job.id()));
        operations.put(Capability.CANCEL, () -> broker.cancel(QUEUE, job.id()));

        // The same on a thread without a transaction: to send is part of none there.
        operations.put(Capability.JOINS_TRANSACTION, () -> {
            broker.prepareQueues(Set.of(QUEUE));
            broker.sendInTransaction(List.of(TestJobs.job(QUEUE)));
            broker.committed(Set.of(QUEUE));
        });

        operations.put(Capability.TRANSACTIONAL_SETTLE, () -> {
            Session worker = open();
            Lease lease = leaseOne(worker);
            worker.look(lease);
            worker.settleInTransaction(lease);
            worker.settledInTransaction(lease);
        });

        operations.put(Capability.BRANCHES, () -> broker.branches().recover());

        Runnable operation = operations.get(capability);

        if (underTest.capabilities().contains(capability)) {
            assertThatCode(operation::run).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(operation::run)
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageStartingWith("GOOSE-");
        }
    }

    @Test
    void aJobForLaterIsHeldOrRejected() {
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), underTest.now().plus(Duration.ofHours(1)));
        Class<?> expected = underTest.capabilities().contains(Capability.DELAY)
                ? SendResult.Accepted.class
                : SendResult.Rejected.class;

        assertThat(sendResults(List.of(job))).hasOnlyElementsOfType(expected);
    }

    @Test
    @DisplayName("an outcome that needs a capability is refused before anything is applied")
    void deferredNeedsLimits() {
        sendSome(2);
        Session worker = open();
        List<Lease> leases = lease(worker, 2);
        List<Settlement> settlements = List.of(
                Settlement.of(leases.get(0), Outcome.Done.INSTANCE),
                Settlement.of(leases.get(1), new Outcome.Deferred("key")));

        if (underTest.capabilities().contains(Capability.LIMITS)) {
            assertThat(worker.settle(settlements)).containsExactly(Verdict.APPLIED, Verdict.APPLIED);
        } else {
            assertThatThrownBy(() -> worker.settle(settlements))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageStartingWith("GOOSE-");
            assertRunning(2);
            done(worker, leases);
        }
    }
}
