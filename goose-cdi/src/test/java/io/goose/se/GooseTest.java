package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import io.goose.GooseConfigurationException;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.WithoutLibrary;
import io.goose.admin.StoredJob;
import io.goose.engine.TestCodec;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class GooseTest {

    private static final Map<String, String> MEMORY = Map.of("goose.broker.main.kind", "memory");

    private final BlockingQueue<String> runs = new LinkedBlockingQueue<>();

    public record Order(String customer, List<Integer> items) {}

    static class Shop {
        private final BlockingQueue<String> runs;

        Shop(BlockingQueue<String> runs) {
            this.runs = runs;
        }

        @Job
        void ship(Order order, long number) {
            runs.add(order.customer() + order.items() + number);
        }

        @Job(name = "refund", retryDelay = "named:at-once", maxRetries = 2)
        void refund(String customer) {
            runs.add("refund " + customer);
            throw new IllegalStateException("no money");
        }
    }

    @Test
    void aRegisteredObject_runsItsJobs() throws Exception {
        try (Goose goose = Goose.builder()
                .config(MEMORY)
                .register(new Shop(runs))
                .retryDelay("at-once", (n, failure) -> Duration.ZERO)
                .build()
                .start()) {
            goose.client().performAsync(Shop::ship, new Order("ann", List.of(1, 2)), 7L);
            assertThat(next()).isEqualTo("ann[1, 2]7");
        }
    }

    @Test
    void middlewaresDelaysAndHandlers_areUsed() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        AtomicReference<JobRun> run = new AtomicReference<>();
        BlockingQueue<JobId> died = new LinkedBlockingQueue<>();
        try (Goose goose = Goose.builder()
                .config(MEMORY)
                .register(Shop.class, () -> new Shop(runs))
                .retryDelay("at-once", (n, failure) -> Duration.ZERO)
                .enqueueMiddleware(invocation -> {
                    seen.add("enqueue");
                    return invocation.proceed();
                })
                .middleware(invocation -> {
                    seen.add("run " + run.get().attempt());
                    return invocation.proceed();
                })
                .failureHandler(new JobFailureHandler() {
                    @Override
                    public void onDeath(JobRun dead, Throwable failure) {
                        died.add(dead.id());
                    }
                })
                .build()) {
            run.set(goose.currentRun());
            JobId id = goose.client().performAsync(JobCall.of("refund", "bob"));
            goose.start();
            assertThat(died.poll(60, TimeUnit.SECONDS)).isEqualTo(id);
            assertThat(runs).hasSize(3);
            assertThat(seen).containsExactly("enqueue", "run 1", "run 2", "run 3");
            assertThat(goose.workers().isRunning()).isTrue();
        }
    }

    @Test
    void anotherBroker_isReachedByName() throws Exception {
        try (Goose goose = Goose.builder()
                .config(MEMORY)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .config("goose.broker.reports.worker.queues", "big")
                .register(new Shop(runs))
                .retryDelay("at-once", (n, failure) -> Duration.ZERO)
                .build()) {
            goose.via("reports").with(o -> o.queue("big")).performAsync(Shop::ship, new Order("eve", List.of()), 1L);
            assertThat(goose.admin("reports").stats("big").waiting()).isEqualTo(1);
            assertThat(goose.admin().queues()).isEmpty();
            goose.start();
            assertThat(next()).isEqualTo("eve[]1");
            assertThatThrownBy(() -> goose.via("other")).hasMessageContaining("[main, reports]");
        }
    }

    @Test
    void close_endsEveryThreadAndForgetsNothingTwice() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        Goose goose = Goose.builder()
                .config(MEMORY)
                .threads((name, body) -> {
                    Thread thread = new Thread(body, name);
                    threads.add(thread);
                    return thread;
                })
                .register(new Shop(runs))
                .retryDelay("at-once", (n, failure) -> Duration.ZERO)
                .build()
                .start();
        goose.client().performAsync(Shop::ship, new Order("ann", List.of()), 1L);
        next();
        goose.close();
        goose.close();
        for (Thread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThat(threads).isNotEmpty();
    }

    static class Confused {
        @AsyncJob
        void later() {}

        @Job(retryDelay = "named:nobody")
        private void hidden() {}
    }

    static class Idle {}

    @Test
    void allMistakes_areReportedTogether() {
        GooseBuilder builder = Goose.builder()
                .config("goose.worker.threads", "many")
                .config("goose.worker.thread-factory", "java:comp/x")
                .register(new Confused())
                .register(new Idle())
                .register(new Idle());
        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(GooseConfigurationException.class, wrong -> assertThat(wrong.problems())
                        .anyMatch(p -> p.startsWith("GOOSE-2001: no broker is configured"))
                        .anyMatch(p -> p.startsWith("GOOSE-2007: goose.worker.threads=many"))
                        .anyMatch(p -> p.startsWith("GOOSE-2025: goose.worker.thread-factory=java:comp/x"))
                        .anyMatch(p -> p.startsWith("GOOSE-2130: job io.goose.se.GooseTest$Confused#later()"))
                        .anyMatch(p -> p.startsWith("GOOSE-2102: job io.goose.se.GooseTest$Confused#hidden()"))
                        .anyMatch(p -> p.startsWith("GOOSE-2119: job io.goose.se.GooseTest$Confused#hidden()"))
                        .anyMatch(p -> p.startsWith("GOOSE-2128: io.goose.se.GooseTest$Idle is registered twice"))
                        .anyMatch(p -> p.startsWith("GOOSE-2129: io.goose.se.GooseTest$Idle is registered, but has no"))
                        .hasSize(8));
    }

    /** Makes brokers that count how often they are closed, and none called reports. */
    private static final class CountingFactory implements BrokerFactory {
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger made = new AtomicInteger();

        @Override
        public String kind() {
            return "counting";
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
            if (settings.name().equals("reports")) {
                throw new IllegalStateException("no reports today");
            }
            made.incrementAndGet();
            open.incrementAndGet();
            return (Broker) Proxy.newProxyInstance(
                    GooseTest.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            open.decrementAndGet();
                        }
                        return null;
                    });
        }
    }

    @Test
    void aBrokerThatCannotBeMade_leavesNoOtherOpen() {
        CountingFactory factory = new CountingFactory();
        GooseBuilder builder = Goose.builder()
                .brokerFactory(factory)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.main.kind", "counting")
                .config("goose.broker.reports.kind", "counting");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("GOOSE-2031: broker 'reports' cannot be made by " + CountingFactory.class.getName()
                        + " (java.lang.IllegalStateException: no reports today); see the cause")
                .hasRootCauseMessage("no reports today");
        assertThat(factory.made).hasValue(1);
        assertThat(factory.open).hasValue(0);
    }

    /** Runs where a library is missing. */
    static final class Building implements Callable<String> {
        @Override
        public String call() {
            GooseBuilder builder = Goose.builder()
                    .config(MEMORY)
                    .config("goose.worker.threads", "0")
                    .register(new Idle());
            try (Goose unexpected = builder.build()) {
                return "built " + unexpected;
            } catch (GooseConfigurationException refused) {
                return String.valueOf(refused.getMessage());
            }
        }
    }

    @Test
    void withoutJsonBinding_theBuilderSaysWhatToAddAndAllElse() throws Exception {
        try (WithoutLibrary json = WithoutLibrary.named("jakarta.json.bind.", "io.goose.")) {
            assertThat((String) json.make(Building.class, Callable.class).call())
                    .contains(
                            "GOOSE-2028: JSON-P or JSON-B is not there (java.lang.NoClassDefFoundError: jakarta/json/bind/")
                    .contains("; add an implementation of each, for example org.eclipse.parsson:parsson and"
                            + " org.eclipse:yasson")
                    .contains("GOOSE-2008: goose.worker.threads=0")
                    .contains("GOOSE-2129: " + Idle.class.getName());
        }
    }

    private String next() throws InterruptedException {
        String run = runs.poll(60, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 60 s").isNotNull();
        return run;
    }

    record Ledger(BlockingQueue<String> runs) {
        @Job(name = "book")
        public final void book(String what) {
            runs.add("booked " + what);
        }
    }

    @Test
    void aFinalClassAndMethod_areGoodEnoughWithoutAProxy() throws Exception {
        try (Goose goose = Goose.builder()
                .config(MEMORY)
                .register(new Ledger(runs))
                .build()
                .start()) {
            goose.client().performAsync(Ledger::book, "a");
            assertThat(next()).isEqualTo("booked a");
        }
    }

    @Test
    void aJob_tellsTheHostThatItComesFrom() throws Exception {
        try (Goose goose =
                Goose.builder().config(MEMORY).register(new Ledger(runs)).build()) {
            JobId id = goose.client().performAsync(Ledger::book, "a");
            StoredJob stored = goose.admin().find(id).orElseThrow();
            assertThat(new EnvelopeCodec()
                            .decode(stored.job().envelope())
                            .origin()
                            .orElseThrow()
                            .host())
                    .isEqualTo(InetAddress.getLocalHost().getHostName());
        }
    }

    @Test
    void aCodecWithoutAName_isRefused() {
        assertThatThrownBy(() -> Goose.builder()
                        .config(MEMORY)
                        .register(new Ledger(runs))
                        .argumentCodec(new TestCodec(""))
                        .build())
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContainingAll("GOOSE-2136", TestCodec.class.getName());
    }
}
