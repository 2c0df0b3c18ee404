package io.goose.transaction;

import static io.goose.transaction.TestTransactions.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobLost;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.FaultyBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.engine.transaction.TransactionMode;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.Completion;
import io.goose.spi.SurroundingTransaction.End;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Sending after the commit, on a broker that knows nothing of transactions. */
class AfterCommitTest extends TransactionScenarios {

    private final FaultyBroker faulty = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));

    @Override
    protected Broker broker() {
        return faulty;
    }

    @Test
    void theCommittingThread_doesNotSend() throws Exception {
        AtomicReference<Thread> sender = new AtomicReference<>();
        CountDownLatch committed = new CountDownLatch(1);
        faulty.before(Call.SEND, () -> {
            sender.set(Thread.currentThread());
            Eventually.await(committed); // else the commit would never return
        });

        JobId[] id = new JobId[1];
        required(() -> id[0] = client().performAsync(JobCall.of("a")));
        committed.countDown();

        awaitWaiting(id[0]);
        assertThat(sender.get()).isNotEqualTo(Thread.currentThread());
        assertThat(engine().threads().all()).contains(sender.get());
    }

    @Test
    void anOutage_isRiddenOut_andKeepsTheOrder() throws Exception {
        faulty.before(Call.SEND, () -> {
            throw new IllegalStateException("away");
        });
        List<JobId> ids = new ArrayList<>();
        try (LogCapture log = LogCapture.open()) {
            for (int i = 0; i < 5; i++) {
                required(() -> ids.add(client().performAsync(JobCall.of("a"))));
            }
            Eventually.until("it was tried three times", () -> faulty.count(Call.SEND) >= 3);
            assertThat(waiting()).isEmpty();
            faulty.heal(Call.SEND);

            awaitWaiting(ids.toArray(JobId[]::new));
            Eventually.until("it says so", () -> log.messages().stream()
                    .anyMatch(message -> message.contains("GOOSE-4304") && message.contains("works again")));
        }
    }

    @Test
    void aLostAnswer_doesNotLeadToASecondJob() throws Exception {
        faulty.after(Call.SEND, () -> {
            faulty.heal(Call.SEND);
            throw new IllegalStateException("the answer is lost");
        });

        JobId[] id = new JobId[1];
        required(() -> id[0] = client().performAsync(JobCall.of("a")));
        Eventually.until("it was tried again", () -> faulty.count(Call.SEND) == 2);
        JobId after = client().performAsync(JobCall.of("after"));

        awaitWaiting(id[0], after);
    }

    @Test
    void whatCannotBeSentUntilTheStop_isReportedAsLost() throws Exception {
        List<JobLost> lost = new CopyOnWriteArrayList<>();
        FaultyBroker away = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
        away.before(Call.SEND, () -> {
            throw new IllegalStateException("away");
        });
        List<JobId> ids = new ArrayList<>();
        try (LogCapture log = LogCapture.open()) {
            try (TestEngine stopped = TestEngine.on(away)
                    .clientOnly()
                    .failureHandler(failing())
                    .failureHandler(new JobFailureHandler() {
                        @Override
                        public void onLost(JobLost jobs) {
                            lost.add(jobs);
                        }
                    })
                    .transactions(TestTransactions.surrounding(), TransactionMode.AFTER_COMMIT)
                    .start()) {
                required(() -> {
                    ids.add(stopped.client().performAsync(JobCall.of("a")));
                    ids.add(stopped.client().performAsync(JobCall.of("b")));
                });
            }

            assertThat(lost).singleElement().satisfies(jobs -> {
                assertThat(jobs.ids()).isEqualTo(ids);
                assertThat(jobs.cause()).hasMessage("away");
            });
            assertThat(log.messages())
                    .anyMatch(message ->
                            message.contains("GOOSE-4301") && ids.stream().allMatch(id -> message.contains(id.value())))
                    .anyMatch(message -> message.contains("GOOSE-4303"));
        }
    }

    private static JobFailureHandler failing() {
        return new JobFailureHandler() {
            @Override
            public void onLost(JobLost jobs) {
                throw new IllegalStateException("this handler fails");
            }
        };
    }

    @Test
    void whatCommitsAfterTheStop_isReportedAsLost() throws Exception {
        List<JobLost> lost = new CopyOnWriteArrayList<>();
        List<Thread> tellers = new CopyOnWriteArrayList<>();
        TestEngine stopped = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                .clientOnly()
                .failureHandler(new JobFailureHandler() {
                    @Override
                    public void onLost(JobLost jobs) {
                        tellers.add(Thread.currentThread());
                        lost.add(jobs);
                    }
                })
                .transactions(TestTransactions.surrounding(), TransactionMode.AFTER_COMMIT)
                .start();
        JobId[] id = new JobId[1];
        try (LogCapture log = LogCapture.open()) {
            required(() -> {
                id[0] = stopped.client().performAsync(JobCall.of("a"));
                stopped.close();
            });
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-4301"));
        }

        Eventually.until("the handlers are told", () -> !lost.isEmpty());
        assertThat(lost).singleElement().satisfies(jobs -> assertThat(jobs.ids())
                .containsExactly(id[0]));
        assertThat(tellers).doesNotContain(Thread.currentThread());
    }

    @Test
    void anEndThatNobodyKnows_isReportedAsSuch_andNotByTheThreadThatEndsTheTransaction() throws Exception {
        CountDownLatch committed = new CountDownLatch(1);
        List<JobLost> lost = new CopyOnWriteArrayList<>();
        JobId[] id = new JobId[1];
        try (LogCapture log = LogCapture.open();
                TestEngine unsure = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                        .clientOnly()
                        .failureHandler(new JobFailureHandler() {
                            @Override
                            public void onLost(JobLost jobs) {
                                Eventually.await(committed); // else the commit would never return
                                lost.add(jobs);
                            }
                        })
                        .transactions(ofUnknownEnd(), TransactionMode.AFTER_COMMIT)
                        .start()) {
            required(() -> id[0] = unsure.client().performAsync(JobCall.of("a")));
            committed.countDown();

            Eventually.until("the handlers are told", () -> !lost.isEmpty());
            assertThat(lost).singleElement().satisfies(jobs -> {
                assertThat(jobs.ids()).containsExactly(id[0]);
                assertThat(jobs.cause()).hasMessageContaining("unknown");
            });
            assertThat(unsure.stats(QUEUE).waiting()).isZero();
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("GOOSE-4311") && message.contains(id[0].value()))
                    .noneMatch(message -> message.contains("GOOSE-4301"));
        }
    }

    @Test
    void whereNoThreadIsLeft_theLogAloneIsTold() throws Exception {
        List<JobLost> lost = new CopyOnWriteArrayList<>();
        try (LogCapture log = LogCapture.open();
                TestEngine unsure = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                        .clientOnly()
                        .failureHandler(new JobFailureHandler() {
                            @Override
                            public void onLost(JobLost jobs) {
                                lost.add(jobs);
                            }
                        })
                        .transactions(ofUnknownEnd(), TransactionMode.AFTER_COMMIT)
                        .start()) {
            unsure.threads().refuse();
            required(() -> unsure.client().performAsync(JobCall.of("a")));

            assertThat(log.messages())
                    .anyMatch(message -> message.contains("GOOSE-4311"))
                    .anyMatch(message -> message.contains("GOOSE-4302"));
            assertThat(lost).isEmpty();
        }
    }

    /** Transactions of which nobody can say how they ended, as after a heuristic decision. */
    private static SurroundingTransaction ofUnknownEnd() {
        SurroundingTransaction given = TestTransactions.surrounding();
        return (SurroundingTransaction) Proxy.newProxyInstance(
                AfterCommitTest.class.getClassLoader(),
                new Class<?>[] {SurroundingTransaction.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("onEnd")) {
                        Completion completion = (Completion) arguments[0];
                        given.onEnd(end -> completion.ended(End.UNKNOWN));
                        return null;
                    }
                    return method.invoke(given, arguments);
                });
    }

    @Test
    void ifNobodyChoseIt_itIsWarnedOfOnce() {
        try (LogCapture log = LogCapture.open()) {
            for (TransactionMode mode :
                    List.of(TransactionMode.AUTO, TransactionMode.AFTER_COMMIT, TransactionMode.IMMEDIATE)) {
                TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                        .clientOnly()
                        .transactions(TestTransactions.surrounding(), mode)
                        .start()
                        .close();
            }
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4021"))
                    .singleElement()
                    .asString()
                    .contains("[main]", "goose.transaction=after-commit");
        }
    }

    @Test
    void immediate_sendsWhateverBecomesOfTheTransaction() throws Exception {
        Broker broker = MemoryBroker.withClock(InstantSource.system());
        try (TestEngine immediate = TestEngine.on(broker)
                .clientOnly()
                .transactions(TestTransactions.surrounding(), TransactionMode.IMMEDIATE)
                .start()) {
            assertThatThrownBy(() -> required(() -> {
                        immediate.client().performAsync(JobCall.of("a"));
                        assertThat(immediate.stats(QUEUE).waiting()).isEqualTo(1);
                        throw new IllegalStateException("rolled back");
                    }))
                    .hasMessage("rolled back");

            assertThat(immediate.stats(QUEUE).waiting()).isEqualTo(1);
        }
    }
}
