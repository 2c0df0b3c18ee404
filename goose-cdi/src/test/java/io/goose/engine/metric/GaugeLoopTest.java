package io.goose.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.TestEngine;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.Observation;
import io.goose.engine.observe.Observers;
import io.goose.engine.observe.Reading;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Metric;
import io.goose.spi.PoolUse;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who measures the sizes of queues, and what is told when it is another. */
class GaugeLoopTest {

    private final MemoryBroker broker = MemoryBroker.withClock(InstantSource.system());
    private final List<Reading> told = new ArrayList<>();
    private final Observation observation = new Observation(
            "main",
            new Observers(
                    List.of(new EngineObserver() {
                        @Override
                        public void measured(List<Reading> values) {
                            told.addAll(values);
                        }
                    }),
                    System::nanoTime),
            InstantSource.system());
    private String session = "";
    private boolean leads;
    private boolean isAway;
    private Optional<PoolUse> pool = Optional.empty();
    private Optional<Duration> lag = Optional.empty();

    private final class Seen implements GaugeLoop.Subject {
        private final Broker seen;

        private Seen(Broker seen) {
            this.seen = seen;
        }

        @Override
        public String name() {
            return "main";
        }

        @Override
        public Broker broker() {
            return seen;
        }

        @Override
        public String session() {
            return session;
        }

        @Override
        public int jobs() {
            return 3;
        }

        @Override
        public String host() {
            return "here";
        }

        @Override
        public Function<String, Duration> oldest() {
            return queue -> Duration.ofMillis(1_500);
        }
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private Session open() {
        return broker.open(new SessionSpec(
                List.of("default"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "here"));
    }

    private List<Metric> round(GaugeLoop loop) throws InterruptedException {
        told.clear();
        loop.wake(); // so that it does not wait
        loop.round();
        return told.stream().map(Reading::metric).toList();
    }

    private double last(Metric metric) {
        return told.stream()
                .filter(reading -> reading.metric() == metric)
                .mapToDouble(Reading::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theWorkerWithTheLeastId_measures_andAnotherTakesBackWhatItHasTold() throws InterruptedException {
        List<String> ids = List.of(open().id(), open().id()).stream().sorted().toList();
        GaugeLoop loop = new GaugeLoop(new Seen(broker), observation, Duration.ofHours(1));

        assertThat(round(loop)).as("without a session").isEmpty();

        session = ids.get(1);
        assertThat(round(loop)).containsExactly(Metric.WORKER_JOBS);
        assertThat(last(Metric.WORKER_JOBS)).isEqualTo(3);

        session = ids.get(0);
        assertThat(round(loop))
                .contains(
                        Metric.WORKER_JOBS,
                        Metric.WORKERS,
                        Metric.QUEUE_WAITING,
                        Metric.QUEUE_OLDEST,
                        Metric.QUEUE_RUNNING,
                        Metric.WAITING,
                        Metric.SCHEDULED,
                        Metric.DEAD,
                        Metric.UNKNOWN,
                        Metric.CRON,
                        Metric.BATCHES);
        assertThat(last(Metric.WORKERS)).isEqualTo(2);
        assertThat(last(Metric.QUEUE_OLDEST)).isEqualTo(1.5);
        List<Reading> asLeader = List.copyOf(told);

        session = ids.get(1);
        assertThat(round(loop))
                .hasSameElementsAs(asLeader.stream().map(Reading::metric).toList());
        assertThat(told)
                .filteredOn(reading -> reading.metric() != Metric.WORKER_JOBS)
                .allMatch(reading -> Double.isNaN(reading.value()));
        assertThat(round(loop)).as("they are taken back once").containsExactly(Metric.WORKER_JOBS);
    }

    @Test
    void aWorkerThatCannotMeasure_doesNotKeepOthersFromIt() throws InterruptedException {
        for (int i = 0; i < 20; i++) { // each id is drawn
            Session mute = broker.open(new SessionSpec(
                    List.of("default"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "here", false));
            assertThat(mute.id()).startsWith("z").hasSize(36);
        }
        session = open().id();
        GaugeLoop loop = new GaugeLoop(new Seen(broker), observation, Duration.ofHours(1));

        assertThat(round(loop)).contains(Metric.QUEUE_WAITING);
        assertThat(last(Metric.WORKERS)).isEqualTo(21);
    }

    @Test
    void atItsEnd_allThatWasToldIsTakenBack_once() throws InterruptedException {
        session = open().id();
        GaugeLoop loop = new GaugeLoop(new Seen(broker), observation, Duration.ofHours(1));
        loop.ended();
        assertThat(told).as("of nothing").isEmpty();
        List<Metric> metrics = round(loop);
        told.clear();

        loop.ended();

        assertThat(told).extracting(Reading::metric).hasSameElementsAs(metrics);
        assertThat(told).allMatch(reading -> Double.isNaN(reading.value()));
    }

    @Test
    @Timeout(60)
    void whenTheWorkersAreStopped_andTheProgramGoesOn_noGaugeStays() {
        Map<Metric, Double> last = new ConcurrentHashMap<>(); // of this broker's only queue
        EngineObserver observer = new EngineObserver() {
            @Override
            public Duration measuresEvery() {
                return Duration.ofHours(1);
            }

            @Override
            public void measured(List<Reading> values) {
                values.forEach(reading -> last.put(reading.metric(), reading.value()));
            }
        };
        try (TestEngine engine = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                .observer(observer)
                .start()) {
            Eventually.until("it measures", () -> last.containsKey(Metric.BATCHES));
            assertThat(last.get(Metric.WORKERS)).isEqualTo(1);

            engine.engine().workers().stop();

            assertThat(last)
                    .containsKeys(Metric.WORKERS, Metric.WORKER_JOBS, Metric.WAITING)
                    .allSatisfy((metric, value) -> assertThat(value).isNaN());
        }
    }

    /** The same without what RabbitMQ alone has not. */
    private Broker bare() {
        Set<Capability> few = EnumSet.of(Capability.DELAY);
        return (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("capabilities")) {
                        return few;
                    }
                    if (isAway && method.getName().equals("stats")) {
                        throw new BrokerUnavailableException("away", null);
                    }
                    if (method.getName().equals("leads")) {
                        return leads;
                    }
                    if (method.getName().equals("poolUse")) {
                        return pool;
                    }
                    if (method.getName().equals("ledgerLag")) {
                        return lag;
                    }
                    try {
                        return method.invoke(broker, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void aBrokerThatDoesNotListItsWorkers_saysWhoMeasures_andIsAskedNothingThatItCannotTell()
            throws InterruptedException {
        session = open().id();
        GaugeLoop loop = new GaugeLoop(new Seen(bare()), observation, Duration.ofHours(1));
        assertThat(round(loop)).containsExactly(Metric.WORKER_JOBS);
        leads = true;
        assertThat(round(loop))
                .containsExactlyInAnyOrder(
                        Metric.WORKER_JOBS, Metric.QUEUE_WAITING, Metric.WAITING, Metric.DEAD, Metric.UNKNOWN);
    }

    @Test
    void eachWorkerTellsOfItsOwnConnections_whereTheBrokerHasSome() throws InterruptedException {
        session = open().id();
        GaugeLoop loop = new GaugeLoop(new Seen(bare()), observation, Duration.ofHours(1));
        pool = Optional.of(new PoolUse(2, 16));

        assertThat(round(loop)).containsExactly(Metric.WORKER_JOBS, Metric.POOL_USED, Metric.POOL_SIZE);
        assertThat(last(Metric.POOL_USED)).isEqualTo(2);
        assertThat(last(Metric.POOL_SIZE)).isEqualTo(16);
    }

    @Test
    void eachWorkerTellsHowLateJobsComeOutOfTheLedger_whereThereIsOne() throws InterruptedException {
        session = open().id();
        GaugeLoop loop = new GaugeLoop(new Seen(bare()), observation, Duration.ofHours(1));
        lag = Optional.of(Duration.ofMillis(1500));

        assertThat(round(loop)).containsExactly(Metric.WORKER_JOBS, Metric.LEDGER_LAG);
        assertThat(last(Metric.LEDGER_LAG)).isEqualTo(1.5);
    }

    @Test
    void aBrokerThatCannotBeReached_whatWasToldOfItIsTakenBack() throws InterruptedException {
        session = open().id();
        leads = true;
        GaugeLoop loop = new GaugeLoop(new Seen(bare()), observation, Duration.ofHours(1));
        List<Metric> asLeader = round(loop);
        isAway = true;

        assertThatThrownBy(() -> round(loop)).isInstanceOf(BrokerUnavailableException.class);

        assertThat(told).extracting(Reading::metric).hasSameElementsAs(asLeader);
        assertThat(told)
                .filteredOn(reading -> Double.isNaN(reading.value()))
                .extracting(Reading::metric)
                .containsExactlyInAnyOrder(Metric.QUEUE_WAITING, Metric.WAITING, Metric.DEAD, Metric.UNKNOWN);
    }
}
