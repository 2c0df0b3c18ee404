package io.goose.cdi;

import static io.goose.transaction.TestTransactions.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobLost;
import io.goose.WithoutLibrary;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.FaultyBroker;
import io.goose.engine.LogCapture;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.WorkerThreads;
import io.goose.transaction.TestTransactions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The container's transactions are found and heeded. */
class ContainerTransactionTest {

    private static final String REGISTRY = "java:comp/TransactionSynchronizationRegistry";
    private static final String DEMARCATION = "java:comp/UserTransaction";

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();
    static final List<JobLost> LOST = new CopyOnWriteArrayList<>();

    @ApplicationScoped
    static class Mailer {
        @Job(name = "send")
        public void send(String to) {
            RUNS.add(to);
        }

        @AsyncJob
        public void later(String to) {
            RUNS.add(to);
        }

        void lost(@Observes JobLost jobs) {
            LOST.add(jobs);
        }
    }

    /** A broker that takes nothing. */
    @ApplicationScoped
    static class Away implements BrokerFactory {
        @Override
        public String kind() {
            return "away";
        }

        @Override
        public Set<String> schemes() {
            return Set.of();
        }

        @Override
        public Set<String> keys() {
            return Set.of();
        }

        @Override
        public List<String> problems(BrokerSettings settings) {
            return List.of();
        }

        @Override
        public Broker create(BrokerSettings settings, WorkerThreads threads) {
            FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
            broker.before(FaultyBroker.Call.SEND, () -> {
                throw new IllegalStateException("away");
            });
            return broker;
        }
    }

    @BeforeEach
    void bind() {
        NamesForTests.install();
        NamesForTests.bind(REGISTRY, TestTransactions.registry());
        NamesForTests.bind(DEMARCATION, TestTransactions.userTransaction());
        RUNS.clear();
        LOST.clear();
    }

    @AfterEach
    void unbind() {
        NamesForTests.unbind(REGISTRY);
        NamesForTests.unbind(DEMARCATION);
    }

    @Test
    void aJobOfATransaction_runsAfterItsCommit_andNotAfterItsRollback() throws Exception {
        try (TestApplication app = TestApplication.with(Mailer.class).start()) {
            GooseClient goose = app.get(GooseClient.class);
            Mailer mailer = app.get(Mailer.class);
            assertThatThrownBy(() -> required(() -> {
                        goose.performAsync(Mailer::send, "rolled back");
                        mailer.later("rolled back too");
                        throw new IllegalStateException("as told");
                    }))
                    .hasMessage("as told");

            required(() -> {
                goose.performAsync(Mailer::send, "first");
                mailer.later("second");
                goose.performAsync(Mailer::send, "third");
            });

            assertThat(List.of(Eventually.next(RUNS), Eventually.next(RUNS), Eventually.next(RUNS)))
                    .containsExactlyInAnyOrder("first", "second", "third");
            assertThat(RUNS).isEmpty();
        }
    }

    @Test
    void theWayToBindThem_isConfigured() throws Exception {
        try (TestApplication app = TestApplication.with(Mailer.class)
                .config("goose.transaction", "immediate")
                .start()) {
            required(() -> {
                app.get(GooseClient.class).performAsync(Mailer::send, "at once");
                assertThat(Eventually.next(RUNS)).isEqualTo("at once");
            });
        }
    }

    @Test
    void jobsThatAreLost_areAnEvent() throws Exception {
        List<JobId> ids = new ArrayList<>();
        try (LogCapture log = LogCapture.open()) {
            try (TestApplication app = TestApplication.with(Mailer.class, Away.class)
                    .config("goose.broker.main.kind", "away")
                    .config("goose.worker.enabled", "false")
                    .start()) {
                GooseClient goose = app.get(GooseClient.class);
                required(() -> ids.add(goose.performAsync(JobCall.of("send", "nobody"))));
            }
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-4301"));
        }

        assertThat(LOST).singleElement().satisfies(lost -> assertThat(lost.ids())
                .isEqualTo(ids));
    }

    @Test
    void aServerWithoutTransactions_hasNone() throws Exception {
        SurroundingTransaction withoutApi = WithoutLibrary.named(
                        "jakarta.transaction.",
                        ContainerTransaction.class.getName(),
                        Apart.class.getName(),
                        Names.class.getName())
                .make(ContainerTransaction.class, SurroundingTransaction.class);
        assertThat(withoutApi.isPresent()).isFalse();
        assertThat(withoutApi.state()).isEqualTo(SurroundingTransaction.State.NONE);

        NamesForTests.unbind(REGISTRY);
        ContainerTransaction unbound = new ContainerTransaction();
        assertThat(unbound.isPresent()).isFalse();
        NamesForTests.bind(REGISTRY, TestTransactions.registry());
        assertThat(unbound.isPresent()).as("before the start it looks again").isTrue();
    }

    @Test
    void whatIsNotThereAtTheStart_isLookedForAgain_butNotAtEveryCall() {
        NamesForTests.unbind(REGISTRY);
        AtomicLong now = new AtomicLong(1);
        ContainerTransaction captured = new ContainerTransaction(now::get);
        captured.capture();
        NamesForTests.bind(REGISTRY, TestTransactions.registry());

        assertThat(captured.isPresent()).as("right after the start").isFalse();
        now.addAndGet(ContainerTransaction.AGAIN.toNanos());
        assertThat(captured.isPresent()).as("later").isTrue();
    }

    @Test
    void whatIsCaptured_staysSo() {
        ContainerTransaction captured = new ContainerTransaction();
        captured.capture();
        NamesForTests.unbind(REGISTRY);

        assertThat(captured.isPresent()).isTrue();
    }
}
