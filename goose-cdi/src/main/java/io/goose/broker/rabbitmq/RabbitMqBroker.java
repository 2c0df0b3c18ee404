package io.goose.broker.rabbitmq;

import com.rabbitmq.client.MessageProperties;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Capability;
import io.goose.spi.EvictionListener;
import io.goose.spi.Housekeeping;
import io.goose.spi.PoolUse;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.UniqueJobs;
import io.goose.spi.WorkerThreads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * RabbitMQ alone: jobs wait, run, are delayed, retried, buried and replayed; nothing is looked up in what waits. Thread-safe.
 */
final class RabbitMqBroker implements Broker {

    private static final int MOST_IN_A_SEND = 500;
    private static final long LOOK_MILLIS = 200;

    private static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(Capability.DELAY));

    private final RabbitParts parts;
    private final Publisher publisher;
    private final RabbitLedger ledger;
    private final Set<RabbitSession> sessions = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> looks;
    private volatile boolean closed;

    RabbitMqBroker(BrokerSettings settings, WorkerThreads threads) {
        RabbitSettings rabbit = SettingsReader.settings(settings);
        Duration patience = rabbit.times().send();
        Connector connector = new Connector(rabbit, threads, settings.name());
        Link publishing = new Link(connector::connect, "publisher", rabbit.describe(), patience);
        Link consuming = new Link(connector::connect, "consumer", rabbit.describe(), patience);
        Names names = new Names(settings.namespace());
        Messages messages = new Messages();
        this.publisher = new Publisher(publishing, rabbit.window(), patience, connector.slow());
        Topology topology = new Topology(consuming, this::note, this::vanished, names, rabbit.type());
        InstantSource clock = InstantSource.system();
        Sender sender = new Sender(publisher, topology, names, messages, clock, connector, publishing);
        this.parts = new RabbitParts(
                settings,
                rabbit,
                connector,
                publishing,
                consuming,
                names,
                messages,
                topology,
                publisher,
                sender,
                new Walks(consuming, sender, rabbit.times().answer()),
                clock,
                new Evictions());
        this.ledger = new RabbitLedger(
                parts, queue -> sum(session -> session.fetched(queue)), queue -> sum(session -> session.leased(queue)));
        this.looks = connector
                .clock()
                .scheduleWithFixedDelay(publisher::giveUpOld, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void note(String physical, String text) {
        if (!publisher.publishAndWait(
                physical, MessageProperties.PERSISTENT_BASIC, text.getBytes(StandardCharsets.UTF_8))) {
            throw new BrokerUnavailableException(
                    "GOOSE-3082: cannot note '" + text + "' with " + describe() + ": '" + physical
                            + "' was deleted meanwhile; it is tried again when it is asked for again",
                    null);
        }
    }

    private void vanished(String physical) {
        sessions.forEach(session -> session.vanished(physical));
    }

    private int sum(ToIntFunction<RabbitSession> of) {
        return sessions.stream().mapToInt(of).sum();
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        if (jobs.size() > MOST_IN_A_SEND) {
            throw new IllegalArgumentException(
                    "at most " + MOST_IN_A_SEND + " jobs can be sent at once, not " + jobs.size());
        }
        UniqueJobs.mustBeNone(jobs, describe());
        if (closed) {
            SendResult unsent = new SendResult.Unknown(false, closedException());
            return CompletableFuture.completedFuture(Collections.nCopies(jobs.size(), unsent));
        }
        return parts.sender().send(jobs);
    }

    /** What is refused is sent again, and each message waits for the broker and for its confirmation: each for so long. */
    @Override
    public Duration answersWithin() {
        return parts.settings().times().send().multipliedBy(4);
    }

    private BrokerUnavailableException closedException() {
        return new BrokerUnavailableException(
                "GOOSE-3004: cannot work with " + describe() + ": this connection is closed", null);
    }

    @Override
    public Session open(SessionSpec spec) {
        RabbitSession session = new RabbitSession(parts, spec, sessions::remove).open();
        sessions.add(session);
        return session;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Set<String> queues() {
        return ledger.queues();
    }

    @Override
    public void pause(String queue) {
        throw unpausable("pause", queue);
    }

    @Override
    public void resume(String queue) {
        throw unpausable("resume", queue);
    }

    private UnsupportedCapabilityException unpausable(String what, String queue) {
        return new UnsupportedCapabilityException("GOOSE-3094: cannot " + what + " queue '" + queue + "' at "
                + describe()
                + ", for RabbitMQ alone has nowhere to note that for all workers (PAUSE); give the broker a"
                + " ledger by " + parts.broker().keyName("ledger"));
    }

    @Override
    public void check() {
        parts.publishing().once("work", channel -> channel.isOpen());
        parts.consuming().once("work", channel -> channel.isOpen());
    }

    @Override
    public boolean leads() {
        return parts.topology().leads();
    }

    /** Of the messages that may be under way. */
    @Override
    public Optional<PoolUse> poolUse() {
        return Optional.of(publisher.use());
    }

    @Override
    public String describe() {
        return parts.settings().describe();
    }

    @Override
    public QueueStats stats(String queue) {
        return ledger.stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return ledger.find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return ledger.list(queue, place, offset, limit);
    }

    @Override
    public void visit(String queue, Place place, int most, Predicate<StoredJob> visitor) {
        ledger.visit(queue, place, most, visitor);
    }

    @Override
    public void onEviction(EvictionListener listener) {
        parts.evictions().listen(listener);
    }

    @Override
    public Housekeeping housekeeping() {
        return ledger.housekeeping();
    }

    /** Sessions that were not closed before are as those of a process that died. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (RabbitSession session : sessions) {
            if (session.isClosed()) {
                try {
                    session.endUncounted();
                } catch (GooseException away) {
                    System.getLogger(RabbitMqBroker.class.getPackageName())
                            .log(System.Logger.Level.DEBUG, "its jobs go back with the connection", away);
                }
            }
            session.wake();
        }
        sessions.clear();
        looks.cancel(false);
        publisher.close();
        parts.consuming().close();
        parts.publishing().close();
        parts.connector().close();
    }
}
