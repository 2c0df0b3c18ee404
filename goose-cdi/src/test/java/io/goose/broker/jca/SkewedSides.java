package io.goose.broker.jca;

import io.goose.broker.memory.MemoryBroker;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import io.goose.tck.TestJobs;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.cci.Record;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter and an application do at the boundary. Each edition of the library loads this again, and calls it by its
 * methods, which take and return standard types alone.
 */
public final class SkewedSides {

    private static final String QUEUE = "a";

    private SkewedSides() {}

    /** An adapter with a broker. */
    public static Function<Map<?, ?>, Record> adapter() {
        Served served = new Served(MemoryBroker.withClock(InstantSource.system()));
        return served::call;
    }

    /** An application: it enqueues, schedules, runs, asks and deletes, and says what came of it. */
    public static String application(ConnectionFactory connections) {
        Broker broker = RemoteBroker.through(new Door(connections));
        QueuedJob now = TestJobs.job(QUEUE);
        QueuedJob later = TestJobs.at(TestJobs.job(QUEUE), Instant.now().plus(Duration.ofDays(1)));
        List<SendResult> sent =
                broker.send(List.of(now, later)).toCompletableFuture().join();
        Session session = broker.open(new SessionSpec(
                List.of(QUEUE), 10, 10, Set.of("x"), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
        Claim claim = session.lease(QUEUE, 10, 1 << 20);
        Lease lease = claim.leases().get(0);
        session.renew();
        session.settle(List.of(Settlement.of(lease, new Outcome.Done())));
        session.close();
        String said = sent + " " + lease.job().id().equals(now.id()) + " " + claim.limited() + " "
                + broker.stats(QUEUE) + " " + broker.capabilities().size() + " "
                + broker.find(QUEUE, later.id()).isPresent() + " " + broker.delete(QUEUE, later.id());
        return said;
    }

    /** Calls a method with one word by its name: those that only this edition has. */
    public static Object call(ConnectionFactory connections, String method, String word) throws Throwable {
        Broker broker = RemoteBroker.through(new Door(connections));
        try {
            return String.valueOf(Broker.class.getMethod(method, String.class).invoke(broker, word));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** An application's message-driven bean. */
    public static Consumer<Map<?, ?>> bean() {
        return record -> Deliveries.answer(record, new Deliveries.Application() {
            @Override
            public Deliveries.Abilities abilities() {
                return new Deliveries.Abilities(Set.of("x"), Duration.ofSeconds(1), Duration.ZERO);
            }

            @Override
            public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
                return Optional.of(Settlement.of(lease, new Outcome.Done()));
            }
        });
    }

    /** An application's message-driven bean that runs jobs in the transactions of their deliveries. */
    public static Consumer<Map<?, ?>> transactedBean() {
        return record -> Deliveries.answer(record, new Deliveries.Application() {
            @Override
            public Deliveries.Abilities abilities() {
                return new Deliveries.Abilities(Set.of("x"), Duration.ofSeconds(1), Duration.ZERO, true);
            }

            @Override
            public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
                throw new IllegalStateException("GOOSE-3220: without a transaction");
            }

            @Override
            public Deliveries.Begun begin(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
                Settlement done = Settlement.of(lease, new Outcome.Done());
                return new Deliveries.Begun() {
                    @Override
                    public Optional<Settlement> ifCommitted() {
                        return Optional.of(done);
                    }

                    @Override
                    public Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why) {
                        return how == SurroundingTransaction.End.ROLLED_BACK
                                ? Optional.of(Settlement.of(lease, new Outcome.Snooze(Duration.ofSeconds(3))))
                                : Optional.empty();
                    }
                };
            }
        });
    }

    /** An adapter that brings a job to such a bean, in a transaction that is rolled back. */
    public static String deliverInTransaction(Consumer<Map<?, ?>> bean) {
        AtomicReference<Map<?, ?>> answer = new AtomicReference<>();
        bean.accept((Map<?, ?>) Deliveries.question(answer::set));
        boolean isForIt = Deliveries.abilities(answer.get()).transacted();
        Lease lease = new Lease(TestJobs.job(QUEUE), 7, false);
        bean.accept((Map<?, ?>) Deliveries.transacted(lease, (question, argument) -> null, answer::set));
        Deliveries.Begun begun = Deliveries.begun(answer.get(), lease);
        return isForIt + " " + begun.ifCommitted().orElseThrow().outcome() + " "
                + begun.ended(SurroundingTransaction.End.ROLLED_BACK, "as told")
                        .orElseThrow()
                        .outcome();
    }

    /** What an adapter learns of a bean before it brings jobs: whether it runs them in transactions. */
    public static String isForTransactions(Consumer<Map<?, ?>> bean) {
        AtomicReference<Map<?, ?>> answer = new AtomicReference<>();
        bean.accept((Map<?, ?>) Deliveries.question(answer::set));
        return String.valueOf(Deliveries.abilities(answer.get()).transacted());
    }

    /** An adapter that brings a job to a message-driven bean: it says what came of it. */
    public static String deliver(Consumer<Map<?, ?>> bean) {
        AtomicReference<Map<?, ?>> answer = new AtomicReference<>();
        bean.accept((Map<?, ?>) Deliveries.question(answer::set));
        Deliveries.Abilities abilities = Deliveries.abilities(answer.get());
        Lease lease = new Lease(TestJobs.job(QUEUE), 7, false);
        bean.accept((Map<?, ?>) Deliveries.job(lease, (question, argument) -> null, answer::set));
        Settlement settlement = Deliveries.settlement(answer.get(), lease).orElseThrow();
        return abilities.announced() + " " + settlement.outcome() + " "
                + settlement.lease().job().id().equals(lease.job().id());
    }
}
