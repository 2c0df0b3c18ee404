package io.goose.tck;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.DeliveryState.Failures;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.Effect;
import io.goose.spi.Housekeeping;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.UniqueJobs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The memory broker without what a message broker has not: it knows no ids, so that a job may be in it twice; what waits cannot be
 * listed, found or deleted; nothing is paused, routed or scheduled; what runs is not counted. Alone it can delay, and that is all.
 */
public final class BareTransport implements Broker {

    private final MemoryBroker inner;
    private final Copies copies;
    private final boolean alone;

    /**
     * All messages, which have ids of their own in the memory broker.
     *
     * @param jobs by the id of the message
     * @param leases by the outer one; a token is of one lease of a queue
     */
    private record Copies(Map<JobId, QueuedJob> jobs, Map<Token, Lease> inside, Map<Token, Lease> outside) {}

    private record Token(String queue, long number) {
        static Token of(Lease lease) {
            return new Token(lease.job().queue(), lease.token());
        }
    }

    private BareTransport(MemoryBroker inner, Copies copies, boolean alone) {
        this.inner = inner;
        this.copies = copies;
        this.alone = alone;
    }

    /** The first connection to an empty storage. */
    public static BareTransport create(boolean alone) {
        return create(alone, BrokerUnderTest.STANDARD_DEAD);
    }

    /** The same, which keeps so much of what it buries itself. */
    public static BareTransport create(boolean alone, DeadRetention dead) {
        Copies none = new Copies(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        BrokerSettings settings = new BrokerSettings("bare", "tck", Map.of(), Duration.ofHours(1), dead);
        return new BareTransport(new MemoryBroker(settings, InstantSource.system()), none, alone);
    }

    /** Another connection to the same storage. */
    public BareTransport connect() {
        return new BareTransport(inner.connect(), copies, alone);
    }

    static UnsupportedCapabilityException unsupported(Capability capability) {
        return new UnsupportedCapabilityException("GOOSE-3003: a bare transport has no " + capability);
    }

    /** A message with this job in it. */
    private QueuedJob inside(QueuedJob job) {
        QueuedJob message = new QueuedJob(job.queue(), JobId.of(UUID.randomUUID()), job.envelope(), job.state());
        copies.jobs().put(message.id(), job);
        return message;
    }

    private QueuedJob outside(QueuedJob message) {
        QueuedJob sent = copies.jobs().get(message.id());
        Failures failures = message.state().failures();
        Failure last = failures.last();
        Failures named = last == null || !last.type().equals(Failure.POISON)
                ? failures
                : new Failures(
                        failures.firstAt(),
                        failures.lastAt(),
                        failures.diedAt(),
                        new Failure(last.type(), last.message(), named(last.stack())));
        return new QueuedJob(
                message.queue(), sent.id(), message.envelope(), message.state().withFailures(named), sent.marked());
    }

    /** The neighbours of a killer by the ids of their jobs. */
    private String named(String evidence) {
        String named = evidence;
        for (Map.Entry<JobId, QueuedJob> each : copies.jobs().entrySet()) {
            named = named.replace(each.getKey().value(), each.getValue().id().value());
        }
        return named;
    }

    private StoredJob outside(StoredJob stored) {
        return new StoredJob(outside(stored.job()), stored.place(), stored.note());
    }

    List<JobId> outside(Collection<JobId> messages) {
        return messages.stream().map(id -> copies.jobs().get(id).id()).toList();
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        UniqueJobs.mustBeNone(jobs, describe());
        if (!alone) {
            jobs.forEach(job -> {
                if (job.state().notBefore() != null) {
                    throw unsupported(Capability.DELAY);
                }
            });
        }
        return inner.send(jobs.stream().map(this::inside).toList());
    }

    @Override
    public Session open(SessionSpec spec) {
        // Nobody announces anything, so the memory broker routes nothing.
        SessionSpec silent = new SessionSpec(
                spec.queues(), spec.threads(), spec.exposure(), Set.of(), spec.lease(), spec.heartbeat(), spec.host());
        return new BareSession(inner.open(silent), this);
    }

    @Override
    public Set<Capability> capabilities() {
        return alone ? EnumSet.of(Capability.DELAY) : EnumSet.noneOf(Capability.class);
    }

    @Override
    public Set<String> queues() {
        return inner.queues();
    }

    @Override
    public void pause(String queue) {
        throw unsupported(Capability.PAUSE);
    }

    @Override
    public void resume(String queue) {
        throw unsupported(Capability.PAUSE);
    }

    @Override
    public void check() {
        inner.check();
    }

    @Override
    public String describe() {
        return "a bare transport";
    }

    @Override
    public QueueStats stats(String queue) {
        QueueStats all = inner.stats(queue);
        return new QueueStats(queue, all.waiting(), 0, 0, all.dead(), all.parked(), false);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        Optional<StoredJob> buried = buried(queue, Housekeeping.ENDED, id).map(this::outside);
        if (buried.isEmpty()) {
            throw unsupported(Capability.WAITING_FIND);
        }
        return buried;
    }

    /** A message that is dead or parked. */
    Optional<StoredJob> buried(String queue, Set<Place> places, JobId id) {
        return places.stream()
                .flatMap(place -> inner.list(queue, place, 0, Integer.MAX_VALUE).stream())
                .filter(stored -> copies.jobs().get(stored.job().id()).id().equals(id))
                .findFirst();
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return switch (place) {
            case WAITING, RUNNING -> throw unsupported(Capability.WAITING_LIST);
            case SCHEDULED -> throw unsupported(Capability.SCHEDULED_LIST);
            case DEAD, PARKED ->
                inner.list(queue, place, offset, limit).stream()
                        .map(this::outside)
                        .toList();
        };
    }

    @Override
    public Housekeeping housekeeping() {
        return new BareHousekeeping(this, inner.housekeeping());
    }

    @Override
    public void close() {
        inner.close();
    }

    /** What a lease is to the session of the memory broker; a lease that was never given out is nobody's. */
    Lease inside(Lease lease) {
        Lease message = copies.inside().get(Token.of(lease));
        boolean isOfJob = message != null
                && copies.jobs().get(message.job().id()).id().equals(lease.job().id());
        return isOfJob ? message : lease;
    }

    /** The lease as it is given out. */
    Lease outside(Lease message) {
        return copies.outside().computeIfAbsent(Token.of(message), token -> {
            copies.inside().put(token, message);
            return new Lease(
                    outside(message.job()),
                    message.token(),
                    message.suspect(),
                    message.unknownFor(),
                    message.redelivered());
        });
    }

    Sweep outside(Sweep sweep) {
        return new Sweep(
                outside(sweep.rescued()),
                outside(sweep.suspects()),
                outside(sweep.buried()),
                sweep.rerouted(),
                sweep.effects());
    }

    /** What a ledger keeps must not come here. */
    Settlement inside(Settlement settlement) {
        Outcome outcome = settlement.outcome();
        if (outcome instanceof Outcome.Deferred) {
            throw unsupported(Capability.LIMITS);
        }
        boolean isOwn = outcome instanceof Outcome.Done
                || outcome instanceof Outcome.Cancelled
                || outcome instanceof Outcome.Expired
                || outcome.equals(Outcome.Release.NOW);
        if (!alone && !(isOwn && settlement.effects().isEmpty())) {
            throw unsupported(Capability.DELAY);
        }
        List<Effect> effects = settlement.effects().stream()
                .map(effect -> (Effect) new Effect.Enqueue(inside(((Effect.Enqueue) effect).job())))
                .toList();
        return new Settlement(inside(settlement.lease()), outcome, effects);
    }
}
