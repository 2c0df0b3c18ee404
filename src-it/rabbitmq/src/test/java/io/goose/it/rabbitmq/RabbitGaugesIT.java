package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a sink is told of RabbitMQ, alone and with a ledger, that other brokers have not. */
@Timeout(300)
final class RabbitGaugesIT {

    private static final String BROKER = "broker";

    private static RabbitCluster rabbit;

    /** Keeps the last value of each of the broker that works. */
    private static final class Gauges implements MetricsSink {
        private final Map<Metric, Double> last = new ConcurrentHashMap<>();

        @Override
        public void count(Metric metric, Map<String, String> tags, long more) {}

        @Override
        public void time(Metric metric, Map<String, String> tags, Duration took) {}

        @Override
        public void gauge(Metric metric, Map<String, String> tags, double value) {
            if ("main".equals(tags.get(BROKER))) {
                last.put(metric, value);
            }
        }
    }

    /** A job that tells that it has run. */
    static final class Work {
        private final CountDownLatch done = new CountDownLatch(1);

        @Job
        public void run() {
            done.countDown();
        }
    }

    @BeforeAll
    static void startServer() {
        rabbit = RabbitMq.start();
    }

    @AfterAll
    static void endServer() {
        rabbit.close();
    }

    private static GooseBuilder goose(Gauges gauges, Work work, String namespace) {
        return Goose.builder()
                .config("goose.broker.main.url", rabbit.node().uri())
                .config("goose.namespace", namespace)
                .config("goose.metrics.interval", "PT1S")
                .metricsSink(gauges)
                .register(work);
    }

    private static void await(Gauges gauges, Metric metric) throws InterruptedException {
        while (!gauges.last.containsKey(metric)) { // the time of the test is limited
            Thread.sleep(10);
        }
    }

    @Test
    void alone_itTellsHowManyMessagesMayBeUnderWay_andOfNoLedger() throws InterruptedException {
        Gauges gauges = new Gauges();
        Work work = new Work();
        try (Goose goose = goose(gauges, work, "alone").build().start()) {
            goose.client().performAsync(Work::run);
            assertThat(work.done.await(120, TimeUnit.SECONDS)).isTrue();
            await(gauges, Metric.POOL_SIZE);
            await(gauges, Metric.POOL_USED);
            await(gauges, Metric.WAITING); // is told with what each tells of itself
            assertThat(gauges.last).doesNotContainKeys(Metric.LEDGER_LAG, Metric.SCHEDULED);
            assertThat(gauges.last.get(Metric.POOL_SIZE)).isPositive();
        }
    }

    @Test
    void withALedger_itTellsOfBoth() throws InterruptedException {
        Gauges gauges = new Gauges();
        Work work = new Work();
        JdbcConnectionPool books =
                JdbcConnectionPool.create("jdbc:h2:mem:gauges;LOCK_TIMEOUT=20000;DB_CLOSE_DELAY=-1", "sa", "");
        try (Goose goose = goose(gauges, work, "joined")
                .brokerFactory(JdbcBrokerFactory.of(books))
                .config("goose.brokers", "main,books")
                .config("goose.broker.main.ledger", "books")
                .config("goose.broker.books.kind", "jdbc")
                .build()
                .start()) {
            await(gauges, Metric.POOL_SIZE);
            await(gauges, Metric.LEDGER_LAG);
            await(gauges, Metric.SCHEDULED);
            goose.client().performIn(Duration.ofMillis(100), Work::run);
            assertThat(work.done.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(gauges.last.get(Metric.POOL_SIZE)).isPositive();
        } finally {
            books.dispose();
        }
    }
}
