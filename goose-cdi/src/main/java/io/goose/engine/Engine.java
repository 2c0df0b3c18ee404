package io.goose.engine;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseClient;
import io.goose.GooseConfigurationException;
import io.goose.GooseHealth;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.admin.BatchAdmin;
import io.goose.admin.CronAdmin;
import io.goose.admin.LimitAdmin;
import io.goose.admin.QueueAdmin;
import io.goose.engine.admin.AuditTrail;
import io.goose.engine.admin.EngineAdmin;
import io.goose.engine.batch.Batches;
import io.goose.engine.batch.EngineBatchAdmin;
import io.goose.engine.batch.WorkflowSteps;
import io.goose.engine.batch.Workflows;
import io.goose.engine.client.Awaiting;
import io.goose.engine.client.Cancelling;
import io.goose.engine.client.EngineClient;
import io.goose.engine.client.JobFactory;
import io.goose.engine.client.Looking;
import io.goose.engine.cron.EngineCronAdmin;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.limit.EngineLimitAdmin;
import io.goose.engine.observe.Observation;
import io.goose.engine.observe.Observers;
import io.goose.engine.run.CurrentRun;
import io.goose.engine.run.InTransaction;
import io.goose.engine.run.JobRunner;
import io.goose.engine.transaction.BrokerTransactions;
import io.goose.engine.transaction.BrokerTransactions.OutboxOwner;
import io.goose.engine.worker.SideLoop;
import io.goose.engine.worker.Worker;
import io.goose.engine.worker.WorkerParts;
import io.goose.engine.worker.WorkerSettings;
import io.goose.engine.worker.WorkerStatus;
import io.goose.spi.Broker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Brokers, clients and workers of one application, started and stopped together.
 *
 * <p>Thread-safe. {@link #start} and {@link #stop} are idempotent; stop before start is legal, start after stop is not.
 */
public final class Engine implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    /** How long a stop waits for jobs of committed transactions to be sent. */
    private static final Duration LAST_SENDS = Duration.ofSeconds(5);

    private final EngineSettings settings;
    private final EngineParts parts;
    private final Map<String, BrokerTransactions> transactions = new TreeMap<>();
    private final Map<String, Broker> brokers = new LinkedHashMap<>(); // in the order in which they were made
    private final Map<String, EngineClient> clients = new TreeMap<>();
    private final Map<String, Observation> observations = new TreeMap<>();
    private final Observers observers;
    private final EngineCrons crons;
    private final Map<String, Inbound> inbounds = new ConcurrentHashMap<>();
    private final InboundRuns inboundRuns = new InboundRuns();
    private final CurrentRun current = new CurrentRun();
    private final Runners runners;
    private final EngineWorkers workers;
    private volatile boolean started; // written by start
    private final Encodings encodings;
    private final Awaiting awaiting;

    private Engine(EngineSettings settings, EngineParts parts, Map<String, Broker> brokers) {
        this.settings = settings;
        this.parts = parts;
        this.encodings = new Encodings(parts.codec());
        this.awaiting = new Awaiting(parts.threads());
        BrokerTransactions.Parts around = parts.around(settings.transaction());
        this.observers = new Observers(parts.extensions().observers(), System::nanoTime);
        brokers.forEach((name, broker) -> {
            Observation seen = new Observation(name, observers, parts.host().clock());
            observations.put(name, seen);
            BrokerTransactions ofBroker = new BrokerTransactions(name, broker, owner(name, brokers), around, seen);
            this.transactions.put(name, ofBroker);
            this.brokers.put(name, ofBroker.broker());
            broker.onEviction(trail(name)::evicted);
        });
        JobFactory jobs = new JobFactory(
                parts.catalogue(),
                parts.codec(),
                parts.host().clock(),
                new JobFactory.Limits(settings.retryMax(), settings.maxJobSize(), settings.resultRetention()),
                parts.host().name());
        this.crons = new EngineCrons(this.brokers, jobs.origin(), parts);
        this.transactions.forEach((name, ofBroker) -> clients.put(
                name,
                new EngineClient(new EngineClient.Parts(
                        name,
                        ofBroker.broker(),
                        jobs,
                        parts.extensions().enqueueMiddlewares(),
                        parts.host().clock(),
                        ofBroker.binding(),
                        crons.of(name)::register,
                        new Cancelling(ofBroker.broker())::cancel,
                        batches(name),
                        workflows(name),
                        looking(name),
                        this::engineClient,
                        observation(name)))));
        this.runners = new Runners(settings, parts, encodings, current);
        this.workers = new EngineWorkers(this::newWorkers, longestGrace(settings), current::isInside, this::health);
    }

    private Observation observation(String broker) {
        return observations.getOrDefault(broker, Observation.OFF);
    }

    private Batches batches(String broker) {
        return new Batches(broker(broker), observation(broker));
    }

    private Looking looking(String broker) {
        return new Looking(broker(broker), encodings.all(), awaiting);
    }

    private Workflows workflows(String name) {
        Broker broker = broker(name);
        return new Workflows(
                broker, batches(name), looking(name)::status, new Cancelling(broker)::cancel, settings.maxJobSize());
    }

    /** The application's jobs, and those of our own for workflows and batches of this broker. */
    private JobCatalogue runnable(String broker) {
        WorkflowSteps steps = new WorkflowSteps(broker(broker), parts.host().clock(), settings.maxJobSize());
        return parts.catalogue()
                .with(steps.definition())
                .with(batches(broker).standing(parts.host().clock()));
    }

    private @Nullable OutboxOwner owner(String name, Map<String, Broker> all) {
        String owner = settings.outboxes().get(name);
        Broker broker = owner == null ? null : all.get(owner);
        return owner == null || broker == null ? null : new OutboxOwner(owner, broker);
    }

    /**
     * Makes an engine; nothing connects and no thread starts.
     *
     * @param brokers by name; the engine closes them when it stops, the last one first
     * @throws GooseConfigurationException if the argument codec has no name, or a broker has to have an outbox and has not
     */
    public static Engine create(EngineSettings settings, EngineParts parts, Map<String, Broker> brokers) {
        if (!brokers.containsKey(settings.defaultBroker())
                || !brokers.keySet().containsAll(settings.workers().keySet())) {
            throw new IllegalArgumentException("the default broker '" + settings.defaultBroker()
                    + "' and those of workers " + settings.workers().keySet() + " must be among " + brokers.keySet());
        }
        if (parts.codec().name().isEmpty()) {
            throw new GooseConfigurationException(List.of("GOOSE-2136: name() of the ArgumentCodec "
                    + parts.codec().getClass().getName() + " is empty; it travels with every job, so give it one"));
        }
        return new Engine(settings, parts, brokers);
    }

    private static Duration longestGrace(EngineSettings settings) {
        return settings.workers().values().stream()
                .map(worker -> worker.times().grace())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private Map<String, Worker> newWorkers() {
        Map<String, Worker> all = new TreeMap<>();
        settings.workers().forEach((name, worker) -> all.put(name, newWorker(name, worker)));
        return all;
    }

    private Worker newWorker(String name, WorkerSettings worker) {
        JobRunner runner =
                runners.of(runnable(name), observation(name), worker.times().unknownPatience(), inTransaction(name));
        return new Worker(
                worker,
                new WorkerParts(
                        broker(name),
                        name,
                        runner,
                        encodings.announced(runnable(name).names()),
                        parts.threads(),
                        new WorkerParts.Where(parts.host().name(), parts.host().mayLease(), settings.limits()),
                        observation(name)),
                beside(name, name.equals(settings.defaultBroker())));
    }

    /**
     * What runs jobs that a resource adapter's worker leases for this application.
     *
     * @param broker whose jobs they are; null for the default one
     * @throws IllegalStateException before the start
     */
    public Inbound inbound(@Nullable String broker) {
        if (!started) {
            throw new IllegalStateException(
                    "GOOSE-2370: the application does not run jobs yet, for its engine is not started; it is asked again");
        }
        return inbounds.computeIfAbsent(broker == null ? settings.defaultBroker() : broker, this::newInbound);
    }

    private Inbound newInbound(String name) {
        WorkerSettings worker = settings.workers().getOrDefault(name, WorkerSettings.DEFAULT);
        JobRunner runner =
                runners.of(runnable(name), observation(name), worker.times().unknownPatience(), null);
        return new Inbound(
                inboundRuns.counted(runner, worker.times().grace()),
                inboundRuns.counted(
                        runner.inTransactionsOfOthers(), worker.times().grace()),
                encodings.announced(runnable(name).names()),
                settings.limits());
    }

    /** What a worker does beside its jobs; that of the default broker declares what annotations say. */
    private List<SideLoop> beside(String name, boolean declares) {
        List<SideLoop> loops = new ArrayList<>(crons.beside(name, engineClient(name), declares));
        if (declares) {
            loops.addAll(limits(name).beside());
        }
        loops.addAll(new EngineGauges(
                        name, broker(name), parts.host().name(), admin(name)::latency, () -> status().get(name))
                .beside(observation(name)));
        return loops;
    }

    private EngineLimits limits(String broker) {
        return new EngineLimits(broker, broker(broker), parts.catalogue(), settings.queueLimits());
    }

    private @Nullable InTransaction inTransaction(String broker) {
        BrokerTransactions ofBroker = transactions.get(broker);
        return ofBroker == null || parts.host().transaction().demarcation().isEmpty()
                ? null
                : ofBroker.runs(settings.transactionTimeout()).orElse(null);
    }

    /**
     * Tries out whether brokers join transactions as they should, then starts the workers, unless the settings leave that to
     * {@link #workers}.
     *
     * @throws GooseConfigurationException if a broker does not join transactions although it should, or there are none for
     *     jobs that need one
     */
    public void start() {
        TransactionNeeds transactionNeeds = new TransactionNeeds(settings, parts);
        List<String> lacking = new ArrayList<>(transactionNeeds.lacking());
        lacking.addAll(
                crons.lacking(settings.defaultBroker(), settings.workers().keySet()));
        if (settings.workers().containsKey(settings.defaultBroker())) {
            lacking.addAll(limits(settings.defaultBroker()).lacking());
        }
        if (!lacking.isEmpty()) {
            throw new GooseConfigurationException(lacking);
        }
        if (parts.host().transaction().isPresent()) {
            transactions.forEach((name, ofBroker) -> ofBroker.start(transactionNeeds.has(name)));
            TransactionNeeds.warnOfFallback(transactions);
        }
        transactions.values().forEach(BrokerTransactions::sweep);
        if (settings.autoStart()) {
            workers.start();
        }
        started = true;
    }

    /** Stops the workers within their grace, and waits as long for what others run here; then closes the brokers. */
    public void stop() {
        workers.refuseJobs();
        inboundRuns.beginStop();
        try {
            workers.end();
        } finally {
            inboundRuns.awaitEnd();
        }
        awaiting.stop();
        transactions.values().forEach(ofBroker -> ofBroker.stop(LAST_SENDS));
        encodings.close();
        List<String> lastFirst = new ArrayList<>(brokers.keySet());
        Collections.reverse(lastFirst); // one may need another until it is closed
        lastFirst.forEach(name -> {
            try {
                broker(name).close();
            } catch (RuntimeException unclean) {
                LOG.log(WARNING, "GOOSE-4015: broker '" + name + "' was not closed cleanly", unclean);
            }
        });
        observers.stopped();
    }

    @Override
    public void close() {
        stop();
    }

    /** The client of a broker; throws IllegalArgumentException for a name that is not configured. */
    public GooseClient client(String broker) {
        return engineClient(broker);
    }

    private EngineClient engineClient(String broker) {
        EngineClient client = clients.get(broker);
        if (client == null) {
            throw unknown(broker);
        }
        return client;
    }

    /** The client of the default broker. */
    public GooseClient client() {
        return engineClient(settings.defaultBroker());
    }

    /** The admin view of a broker; throws IllegalArgumentException for a name that is not configured. */
    public QueueAdmin admin(String broker) {
        return new EngineAdmin(broker(broker), trail(broker));
    }

    private AuditTrail trail(String broker) {
        return new AuditTrail(
                broker,
                parts.extensions().queueListeners(),
                parts.host().clock(),
                parts.host().scope(),
                parts.threads());
    }

    /** The recurring jobs of a broker; throws IllegalArgumentException for a name that is not configured. */
    public CronAdmin cronAdmin(String broker) {
        if (!brokers.containsKey(broker)) {
            throw unknown(broker);
        }
        return new EngineCronAdmin(crons.of(broker));
    }

    /** The batches of a broker; throws IllegalArgumentException for a name that is not configured. */
    public BatchAdmin batchAdmin(String broker) {
        return new EngineBatchAdmin(batches(broker));
    }

    /** The limits of a broker's queues; throws IllegalArgumentException for a name that is not configured. */
    public LimitAdmin limitAdmin(String broker) {
        return new EngineLimitAdmin(broker, broker(broker));
    }

    private Broker broker(String name) {
        Broker broker = brokers.get(name);
        if (broker == null) {
            throw unknown(name);
        }
        return broker;
    }

    private IllegalArgumentException unknown(String broker) {
        return new IllegalArgumentException("GOOSE-1017: no broker is called '" + broker + "'; goose.brokers has "
                + new TreeSet<>(brokers.keySet()));
    }

    public Workers workers() {
        return workers;
    }

    /** How the brokers and their workers do. */
    public GooseHealth health() {
        return EngineHealth.of(workers, started, brokers);
    }

    /** What is going on in each worker that runs, by broker. */
    public Map<String, WorkerStatus> status() {
        return workers.status();
    }

    /** A proxy on the run that the calling thread is in; its methods throw IllegalStateException outside a job. */
    public JobRun currentRun() {
        return current;
    }

    /** Whether the calling thread is in the engine's own invocation of the job {@code handler}; consumed by asking. */
    public boolean takeInvocation(String handler) {
        return current.take(handler);
    }
}
