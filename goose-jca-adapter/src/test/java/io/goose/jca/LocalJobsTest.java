package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.broker.jca.Served;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.SendResult;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.LocalTransactionException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.assertj.core.api.ThrowingConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the jobs of a transaction that a connection is in. */
final class LocalJobsTest {

    private static final String QUEUE = "default";
    private final RuntimeException away = new BrokerUnavailableException("away, as told", null);

    private final MemoryBroker store = MemoryBroker.withClock(InstantSource.system());
    private final List<Integer> sends = new ArrayList<>();
    private final LocalJobs transaction = new LocalJobs(store);

    @AfterEach
    void end() {
        store.close();
    }

    /** The store, except for its capabilities and for what a send comes to. */
    private Broker broker(Set<Capability> capabilities, Function<List<QueuedJob>, @Nullable List<SendResult>> answers) {
        return (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, given) -> {
                    if (method.getName().equals("capabilities")) {
                        return capabilities;
                    }
                    if (method.getName().equals("send")) {
                        @SuppressWarnings("unchecked")
                        List<QueuedJob> jobs = (List<QueuedJob>) given[0];
                        sends.add(jobs.size());
                        List<SendResult> answer = answers.apply(jobs);
                        CompletionStage<List<SendResult>> all =
                                answer == null ? store.send(jobs) : CompletableFuture.completedFuture(answer);
                        return all;
                    }
                    try {
                        return method.invoke(store, given);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }

    private static QueuedJob job() {
        JobId id = JobId.random();
        return new QueuedJob(
                QUEUE, id, EncodedEnvelope.wrap(id.value().getBytes(StandardCharsets.UTF_8)), DeliveryState.FRESH);
    }

    private static List<QueuedJob> jobs(int count) {
        List<QueuedJob> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(job());
        }
        return jobs;
    }

    private long waiting() {
        return store.stats(QUEUE).waiting();
    }

    @Test
    void jobsAreThereWithTheCommit_inPartsThatABrokerTakes() throws ResourceException {
        LocalJobs counted = new LocalJobs(broker(store.capabilities(), jobs -> null));
        counted.begin();
        assertThat(counted.add(jobs(300))).containsOnly(SendResult.Accepted.INSTANCE);
        counted.add(jobs(900));
        assertThat(waiting()).isZero();

        counted.commit();

        assertThat(waiting()).isEqualTo(1200);
        assertThat(sends).containsExactly(500, 500, 200);
    }

    @Test
    void aRollback_leavesNothing_forTheNextTransactionEither() throws ResourceException {
        transaction.begin();
        transaction.add(jobs(3));
        transaction.rollback();
        QueuedJob next = job();
        transaction.begin();
        transaction.add(List.of(next));
        transaction.commit();

        assertThat(waiting()).isEqualTo(1);
        assertThat(store.find(QUEUE, next.id())).isPresent();
    }

    @Test
    void whatIsUnique_isDecidedAtTheCommit() throws ResourceException {
        QueuedJob unique = job().withUnique(new UniqueKey("k", Scope.RUNNING, null, OnConflict.KEEP, null));
        transaction.begin();

        assertThat(transaction.add(List.of(unique))).containsExactly(new SendResult.Deferred(unique.id()));
    }

    @Test
    void outsideOfATransaction_nothingIsKept_andABegunOneIsNotBegunAgain() throws ResourceException {
        assertThatThrownBy(() -> transaction.add(jobs(1)))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("GOOSE-3198");
        transaction.begin();
        assertThatThrownBy(transaction::begin).isInstanceOf(LocalTransactionException.class);
    }

    @Test
    void aBrokerThatIsAway_failsTheCommit() throws ResourceException {
        LocalJobs gone = new LocalJobs(broker(
                store.capabilities(), jobs -> Collections.nCopies(jobs.size(), new SendResult.Unknown(false, away))));
        gone.begin();
        gone.add(jobs(2));

        assertThatThrownBy(gone::commit)
                .isInstanceOf(LocalTransactionException.class)
                .hasMessageContaining("GOOSE-3199")
                .hasMessageContaining("away, as told");
        assertThat(waiting()).isZero();
    }

    @Test
    void whatWasSentBeforeTheRestFailed_isTakenBack() throws ResourceException {
        LocalJobs half = new LocalJobs(broker(
                store.capabilities(),
                jobs -> sends.size() < 2 ? null : List.of(new SendResult.Rejected("GOOSE-1", "GOOSE-1: no, as told"))));
        half.begin();
        half.add(jobs(501));

        assertThatThrownBy(half::commit).hasMessageContaining("GOOSE-3199").hasMessageContaining("no, as told");
        assertThat(waiting()).isZero();
    }

    /** The caller would take success for jobs that are there. */
    @Test
    void aTransactionThatWasThrownAway_isNotCommitted() throws ResourceException {
        GooseManagedConnection connection = new GooseManagedConnection(new Served(store), "", transaction);
        for (ThrowingConsumer<GooseManagedConnection> end : List.<ThrowingConsumer<GooseManagedConnection>>of(
                GooseManagedConnection::cleanup, GooseManagedConnection::destroy)) {
            transaction.begin();
            transaction.add(jobs(2));
            end.accept(connection);

            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(LocalTransactionException.class)
                    .hasMessageContaining("GOOSE-3199")
                    .hasMessageContaining("thrown away, and 2 jobs with it");
            transaction.rollback();
        }
    }

    @Test
    void aJobThatTookTheEnvelopeOfTheTransaction_isNotDeleted_butNamed() throws ResourceException {
        QueuedJob earlier = job();
        assertThat(store.send(List.of(earlier)).toCompletableFuture().join())
                .containsExactly(SendResult.Accepted.INSTANCE);
        LocalJobs half = new LocalJobs(broker(
                store.capabilities(),
                jobs -> List.of(
                        new SendResult.Replaced(earlier.id()), new SendResult.Rejected("GOOSE-1", "GOOSE-1: no"))));
        half.begin();
        half.add(jobs(2));

        assertThatThrownBy(half::commit)
                .hasMessageContaining("GOOSE-3200")
                .hasMessageContaining("1 are there or may be")
                .hasMessageContaining(earlier.id().toString())
                .hasMessageContaining("the first 1 were there before");
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void aBrokerThatFailsMidway_leavesNothingUnsaid() throws ResourceException {
        LocalJobs half = new LocalJobs(broker(store.capabilities(), jobs -> {
            if (sends.size() < 2) {
                return null;
            }
            throw new IllegalStateException("closed, as told");
        }));
        List<QueuedJob> jobs = jobs(501);
        half.begin();
        half.add(jobs);

        assertThatThrownBy(half::commit)
                .isInstanceOf(LocalTransactionException.class)
                .hasMessageContaining("GOOSE-3200")
                .as("the one of which nobody knows; the others were deleted")
                .hasMessageContaining("1 are there or may be")
                .hasMessageContaining(jobs.get(500).id().toString())
                .hasMessageContaining("closed, as told");
        assertThat(waiting()).isZero();
    }

    @Test
    void aBrokerThatFailsWhileJobsAreTakenBack_leavesThemNamed() throws ResourceException {
        Broker undeleting = (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, given) -> {
                    if (method.getName().equals("delete")) {
                        throw new IllegalStateException("closed, as told");
                    }
                    return method.invoke(
                            broker(
                                    store.capabilities(),
                                    jobs -> List.of(
                                            SendResult.Accepted.INSTANCE,
                                            new SendResult.Rejected("GOOSE-1", "GOOSE-1: no"))),
                            given);
                });
        LocalJobs half = new LocalJobs(undeleting);
        List<QueuedJob> jobs = jobs(2);
        half.begin();
        half.add(jobs);

        assertThatThrownBy(half::commit)
                .isInstanceOf(LocalTransactionException.class)
                .hasMessageContaining("GOOSE-3200")
                .hasMessageContaining(jobs.get(0).id().toString());
    }

    @Test
    void whatCannotBeTakenBack_isNamed() throws ResourceException {
        Set<Capability> without = EnumSet.copyOf(store.capabilities());
        without.remove(Capability.WAITING_DELETE);
        LocalJobs half = new LocalJobs(
                broker(without, jobs -> sends.size() < 2 ? null : List.of(new SendResult.Unknown(true, away))));
        List<QueuedJob> jobs = jobs(501);
        half.begin();
        half.add(jobs);

        assertThatThrownBy(half::commit)
                .isInstanceOf(LocalTransactionException.class)
                .hasMessageContaining("GOOSE-3200")
                .hasMessageContaining("501 are there or may be")
                .hasMessageContaining(jobs.get(0).id().toString());
    }
}
