package io.goose.broker.composed;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.GuardedLedger;
import io.goose.spi.JoinableTransport;
import io.goose.spi.Ledger;
import io.goose.spi.SendResult;
import io.goose.spi.Track;
import io.goose.spi.Transport;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TestJobs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller is told, and the ledger knows, when a transport answers in its own time. */
@Timeout(180)
final class TrackedSendTest {

    private static final String QUEUE = "a";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** A call of the ledger, and who made it. */
    private record Called(String method, Thread by) {}

    private final JdbcConnectionPool pool = JdbcConnectionPool.create(
            "jdbc:h2:mem:tracked" + NUMBERS.incrementAndGet() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final Broker owner = JdbcBrokerFactory.of(pool)
            .create(
                    new BrokerSettings("main", "goose", Map.of(), Duration.ofHours(1), BrokerUnderTest.STANDARD_DEAD),
                    (name, body) -> new Thread(body, name));
    private final GuardedLedger ledger = owner.ledgerFor("composed").orElseThrow();
    private final BlockingQueue<Called> calls = new LinkedBlockingQueue<>();
    private final CompletableFuture<List<SendResult>> answer = new CompletableFuture<>();
    private final Broker broker = new ComposedBroker(
            new JoinableTransport(
                    proxy(Transport.class, (method, arguments) -> switch (method) {
                        case "send" -> answer;
                        case "capabilities" -> Set.of();
                        case "close" -> null;
                        default -> throw new IllegalStateException(method);
                    }),
                    proxy(Ledger.class, (method, arguments) -> {
                        throw new IllegalStateException(method);
                    })),
            noted(),
            Track.ALL,
            (name, body) -> new Thread(body, name));

    private interface Call {
        Object on(String method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                TrackedSendTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.on(method.getName(), arguments)));
    }

    private GuardedLedger noted() {
        return (GuardedLedger) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {GuardedLedger.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(ledger, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    } finally {
                        // What the ledger can do is asked as the broker is made, and by each send.
                        if (!Set.of("asked", "keepsUnique", "keepsResults", "keepsBatches", "onDue")
                                .contains(method.getName())) {
                            calls.add(new Called(method.getName(), Thread.currentThread()));
                        }
                    }
                });
    }

    @AfterEach
    void close() {
        broker.close();
        owner.close();
        pool.dispose();
    }

    /** Sends a job, lets another thread answer for the transport, and returns what the caller is told. */
    private SendResult sent(QueuedJob job, SendResult ofTheTransport) throws Exception {
        CompletableFuture<List<SendResult>> told = broker.send(List.of(job)).toCompletableFuture();
        assertThat(told).isNotDone();
        assertThat(calls.take().method()).isEqualTo("enter");
        Thread reader = new Thread(() -> answer.complete(List.of(ofTheTransport)), "reader");
        reader.start();
        SendResult result = told.get(60, TimeUnit.SECONDS).get(0);
        reader.join();
        return result;
    }

    @Test
    void whatIsConfirmed_isNotedByAThreadOfItsOwn_notByTheOneThatReads() throws Exception {
        assertThat(sent(TestJobs.job(QUEUE), SendResult.Accepted.INSTANCE)).isEqualTo(SendResult.Accepted.INSTANCE);

        Called sent = calls.take();
        assertThat(sent.method()).isEqualTo("sent");
        assertThat(sent.by().getName()).isEqualTo("goose-ledger-marks");
    }

    @Test
    void aJobOfWhichTheTransportDoesNotKnow_isAccepted_forItHasItsRow() throws Exception {
        QueuedJob job = TestJobs.job(QUEUE);
        assertThat(sent(job, new SendResult.Unknown(false, new IllegalStateException("away"))))
                .isEqualTo(SendResult.Accepted.INSTANCE);

        broker.close(); // which waits for what is to be noted
        assertThat(calls).isEmpty();
        assertThat(ledger.find(QUEUE, job.id()).orElseThrow().place()).isEqualTo(Place.WAITING);
    }

    @Test
    void aJobThatTheTransportRefuses_isRefused_andHasNoRow() throws Exception {
        QueuedJob job = TestJobs.job(QUEUE);
        SendResult refused = new SendResult.Rejected("ACME-1", "too large");
        assertThat(sent(job, refused)).isEqualTo(refused);

        assertThat(calls.take().method()).isEqualTo("forget");
        assertThat(ledger.find(QUEUE, job.id())).isEmpty();
    }
}
