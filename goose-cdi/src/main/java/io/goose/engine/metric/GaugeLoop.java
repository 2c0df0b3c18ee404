package io.goose.engine.metric;

import io.goose.admin.QueueStats;
import io.goose.admin.WorkerInfo;
import io.goose.engine.observe.Observation;
import io.goose.engine.observe.Reading;
import io.goose.engine.worker.SideLoop;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Measures the sizes of a broker's queues beside a worker, if this worker is the one that does it for all: of those that live the one
 * with the least id, so that nothing has to be agreed upon. While two take themselves for it both tell the same. Each worker says how
 * many jobs it has itself. Confined to its thread, but for {@link #wake}.
 */
public final class GaugeLoop implements SideLoop {

    private static final String BROKER = "broker";
    private static final String QUEUE = "queue";
    private static final double NANOS = 1e9;
    private static final long FIRST_WAIT_MILLIS = 100;

    private final Subject subject;
    private final Observation observation;
    private final Duration interval;
    private final Semaphore wakes = new Semaphore(0);
    private final BatchLook looks = new BatchLook();
    private Map<Key, Reading> told = Map.of();

    /** What is measured. */
    public interface Subject {

        /** The broker's name. */
        String name();

        Broker broker();

        /** The session of this worker; empty while it has none. */
        String session();

        /** How many jobs this worker has leased and not finished. */
        int jobs();

        /** The name of this host. */
        String host();

        /** How long the oldest job of a queue has waited; needs {@link Capability#WAITING_LIST}. */
        Function<String, Duration> oldest();
    }

    private record Key(Metric metric, Map<String, String> tags) {}

    public GaugeLoop(Subject subject, Observation observation, Duration interval) {
        this.subject = subject;
        this.observation = observation;
        this.interval = interval;
    }

    @Override
    public String name() {
        return "gauges";
    }

    @Override
    public void wake() {
        wakes.release();
    }

    @Override
    public void round() throws InterruptedException {
        String session = subject.session();
        if (!session.isEmpty()) { // else nothing is known yet
            measure(session);
        }
        long wait = session.isEmpty() ? Math.min(interval.toMillis(), FIRST_WAIT_MILLIS) : interval.toMillis();
        if (wakes.tryAcquire(wait, TimeUnit.MILLISECONDS)) {
            wakes.drainPermits();
        }
    }

    /** This worker has nothing to tell any more, and the program may go on without it. */
    @Override
    public void ended() {
        if (!told.isEmpty()) {
            tell(List.of());
        }
    }

    private void measure(String session) {
        List<Reading> now = new ArrayList<>();
        Map<String, String> here = Map.of(BROKER, subject.name(), "host", subject.host());
        add(now, Metric.WORKER_JOBS, here, subject.jobs());
        subject.broker().poolUse().ifPresent(pool -> {
            add(now, Metric.POOL_USED, here, pool.used());
            add(now, Metric.POOL_SIZE, here, pool.size());
        });
        subject.broker().ledgerLag().ifPresent(lag -> add(now, Metric.LEDGER_LAG, here, lag.toNanos() / NANOS));
        List<Reading> own = List.copyOf(now);
        try {
            Set<Capability> can = subject.broker().capabilities();
            if (leads(session, can, now)) {
                look(now, can);
            } else {
                looks.forget();
            }
        } catch (RuntimeException unreached) { // another may measure meanwhile, and two must not differ
            tell(own);
            throw unreached;
        }
        tell(now);
    }

    private boolean leads(String session, Set<Capability> can, List<Reading> now) {
        if (!can.contains(Capability.WORKER_LIST)) {
            return subject.broker().leads();
        }
        List<String> workers = subject.broker().housekeeping().workers().stream()
                .filter(worker -> !worker.closing())
                .map(WorkerInfo::id)
                .sorted()
                .toList();
        if (workers.isEmpty() || !workers.get(0).equals(session)) {
            return false;
        }
        add(now, Metric.WORKERS, tags(), workers.size());
        return true;
    }

    private void look(List<Reading> now, Set<Capability> can) {
        Broker broker = subject.broker();
        long waiting = 0;
        long scheduled = 0;
        long dead = 0;
        long unknown = 0;
        for (String queue : broker.queues()) {
            QueueStats stats = broker.stats(queue);
            Map<String, String> tags = Map.of(BROKER, subject.name(), QUEUE, queue);
            add(now, Metric.QUEUE_WAITING, tags, (double) stats.waiting());
            if (can.contains(Capability.WORKER_LIST)) { // else it knows its own only
                add(now, Metric.QUEUE_RUNNING, tags, (double) stats.running());
            }
            if (can.contains(Capability.WAITING_LIST)) {
                double oldest = subject.oldest().apply(queue).toNanos() / NANOS;
                add(now, Metric.QUEUE_OLDEST, tags, oldest);
            }
            waiting += stats.waiting();
            scheduled += stats.scheduled();
            dead += stats.dead();
            unknown += stats.parked();
        }
        add(now, Metric.WAITING, tags(), (double) waiting);
        add(now, Metric.DEAD, tags(), (double) dead);
        add(now, Metric.UNKNOWN, tags(), (double) unknown);
        if (can.contains(Capability.SCHEDULED_LIST)) {
            add(now, Metric.SCHEDULED, tags(), (double) scheduled);
        }
        if (can.contains(Capability.CRON)) {
            add(now, Metric.CRON, tags(), (double) broker.crons().size());
        }
        if (can.contains(Capability.BATCH)) {
            long batches = broker.batches().size();
            add(now, Metric.BATCHES, tags(), (double) batches);
            looks.look(broker.batches(), batches, observation::completed);
        }
    }

    private Map<String, String> tags() {
        return Map.of(BROKER, subject.name());
    }

    private static void add(List<Reading> now, Metric metric, Map<String, String> tags, double value) {
        now.add(new Reading(metric, tags, value));
    }

    /** What was told before and is not now is taken back: that of a queue that is gone, or all of it if another worker tells it. */
    private void tell(List<Reading> now) {
        Map<Key, Reading> before = told;
        Map<Key, Reading> present = new HashMap<>();
        now.forEach(each -> present.put(new Key(each.metric(), each.tags()), each));
        List<Reading> all = new ArrayList<>(now);
        before.forEach((key, reading) -> {
            if (!present.containsKey(key)) {
                all.add(new Reading(reading.metric(), reading.tags(), Double.NaN));
            }
        });
        told = present;
        observation.measured(all);
    }
}
