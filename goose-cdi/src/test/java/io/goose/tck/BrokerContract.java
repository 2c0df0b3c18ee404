package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Beat;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import io.goose.tck.BrokerUnderTest.Counting;
import io.goose.tck.BrokerUnderTest.Handing;
import io.goose.tck.BrokerUnderTest.KnownIds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What all contracts stand on: an empty storage, two connections to it, and the verbs of a worker. Runs alike on brokers
 * with a clock of their own and on those whose clock is moved by hand, so nothing here sleeps: time passes through {@link
 * BrokerUnderTest#advance}.
 */
public abstract class BrokerContract {

    /** The queue that tests use when one is enough. */
    protected static final String QUEUE = "tck";

    /** Bytes that no claim of a test reaches. */
    protected static final long MANY_BYTES = 64L << 20;

    private static final Duration LONG_LEASE = Duration.ofSeconds(60);

    protected BrokerUnderTest underTest;
    protected Broker broker;
    private final Deque<Broker> connections = new ArrayDeque<>();

    /** A broker with an empty storage. */
    protected abstract BrokerUnderTest create() throws Exception;

    @BeforeEach
    void openBroker() throws Exception {
        underTest = create();
        broker = connect();
    }

    @AfterEach
    void closeBroker() {
        connections.forEach(Broker::close);
        if (underTest != null) {
            underTest.close();
        }
    }

    /** Another connection, closed after the test. */
    protected final Broker connect() {
        return closedLater(underTest.connect());
    }

    protected final Broker closedLater(Broker connection) {
        connections.push(connection);
        return connection;
    }

    // --- what not every broker can

    /**
     * Ends a test that says something of brokers with these capabilities alone. {@link CapabilityContract} makes sure that the others
     * refuse.
     */
    protected final void needs(Capability... capabilities) {
        assumeThat(underTest.capabilities()).as("this broker's capabilities").contains(capabilities);
    }

    /** Ends a test about ids that are sent twice, where nobody notices. */
    protected final void needsKnownIds() {
        assumeThat(underTest.knownIds()).as("the ids that are known").isNotEqualTo(KnownIds.NONE);
    }

    /** Ends a test about jobs whose worker died, where their place is not known at once. */
    protected final void needsExactCounting() {
        assumeThat(underTest.counting()).as("what is counted").isEqualTo(Counting.EXACT);
    }

    /** Ends a test about the order of claims and about who rescues, where jobs are pushed. */
    protected final void needsAskedJobs() {
        assumeThat(underTest.handing()).as("how jobs are handed out").isEqualTo(Handing.ASKED);
    }

    protected final boolean can(Capability capability) {
        return underTest.capabilities().contains(capability);
    }

    /** A fresh job of which a send notices that it is there. */
    protected final QueuedJob knownJob() {
        QueuedJob job = TestJobs.job(QUEUE);
        return underTest.knownIds() == KnownIds.MARKED ? TestJobs.marked(job) : job;
    }

    /** Checks where a job is, if this broker can tell. */
    protected final void assertPlace(QueuedJob job, Place place) {
        boolean canTell =
                switch (place) {
                    case WAITING, RUNNING -> can(Capability.WAITING_FIND);
                    case SCHEDULED -> can(Capability.SCHEDULED_LIST);
                    case DEAD, PARKED -> true;
                };
        if (canTell) {
            assertThat(placeOf(job)).isEqualTo(place);
        }
    }

    /** Checks that a job is nowhere in its queue, as far as this broker can tell. */
    protected final void assertGone(QueuedJob job) {
        assertGone(job.queue(), job.id());
    }

    protected final void assertGone(String queue, JobId id) {
        if (can(Capability.WAITING_FIND)) {
            assertThat(broker.find(queue, id)).isEmpty();
        }
        for (Place place : List.of(Place.DEAD, Place.PARKED)) {
            assertThat(idsOfStored(broker.list(queue, place, 0, 1000))).doesNotContain(id);
        }
    }

    /** Checks how many jobs of the queue run, if this broker counts them. */
    protected final void assertRunning(int count) {
        if (underTest.counting() != Counting.WAITING_ONLY) {
            assertThat(broker.stats(QUEUE).running()).isEqualTo(count);
        }
    }

    // --- sessions

    /** Opens a session whose leases do not expire during a test. */
    protected final Session open(String... queues) {
        return broker.open(spec(queues.length == 0 ? List.of(QUEUE) : List.of(queues), 5, Set.of(), LONG_LEASE));
    }

    /** The same, on another connection. */
    protected final Session openElsewhere(String... queues) {
        return connect().open(spec(queues.length == 0 ? List.of(QUEUE) : List.of(queues), 5, Set.of(), LONG_LEASE));
    }

    /** Opens a session, on a connection of its own, that announces what it can run. */
    protected final Session openKnowing(String... needs) {
        return connect().open(spec(List.of(QUEUE), 5, Set.of(needs), LONG_LEASE));
    }

    /** Opens a session, on a connection of its own, that is dead soon if it does not beat. */
    protected final Session openMortal(int exposure, String... queues) {
        return openMortalKnowing(exposure, Set.of(), queues);
    }

    protected final Session openMortalKnowing(int exposure, Set<String> needs, String... queues) {
        List<String> names = queues.length == 0 ? List.of(QUEUE) : List.of(queues);
        return connect().open(spec(names, exposure, needs, underTest.shortLease()));
    }

    /**
     * Opens a session, on a connection of its own, that is dead some time after it was opened, but not before the next two steps of a
     * test on a machine that is busy.
     */
    protected final Session openToughKnowing(String... needs) {
        return connect().open(spec(List.of(QUEUE), 5, Set.of(needs), toughLease()));
    }

    /** The lease of {@link #openToughKnowing}. */
    protected final Duration toughLease() {
        return underTest.shortLease().multipliedBy(4);
    }

    /** What {@link #openMortal} opens with. */
    protected final SessionSpec mortalSpec(int exposure) {
        return spec(List.of(QUEUE), exposure, Set.of(), underTest.shortLease());
    }

    /** One whose worker measures nothing. */
    protected final Session openMute(String queue) {
        return connect()
                .open(new SessionSpec(
                        List.of(queue), 1, 1, Set.of(), LONG_LEASE, underTest.shortHeartbeat(), "mute", false));
    }

    private SessionSpec spec(List<String> queues, int exposure, Set<String> announced, Duration lease) {
        return new SessionSpec(queues, exposure, exposure, announced, lease, underTest.shortHeartbeat(), "tck-host");
    }

    // --- verbs

    /** Sends jobs that must all be accepted; any number. */
    protected final void send(List<QueuedJob> jobs) {
        for (int from = 0; from < jobs.size(); from += 500) {
            assertThat(sendResults(jobs.subList(from, Math.min(from + 500, jobs.size()))))
                    .allSatisfy(result -> assertThat(result).isInstanceOf(SendResult.Accepted.class));
        }
    }

    protected final QueuedJob send(QueuedJob job) {
        send(List.of(job));
        return job;
    }

    /** Sends one fresh job. */
    protected final QueuedJob sendOne() {
        return send(TestJobs.job(QUEUE));
    }

    /** Sends fresh jobs and returns them in order. */
    protected final List<QueuedJob> sendSome(int count) {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, count);
        send(jobs);
        return jobs;
    }

    protected final List<SendResult> sendResults(List<QueuedJob> jobs) {
        return broker.send(jobs)
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    protected final Claim claim(Session session, int max) {
        return session.lease(QUEUE, max, MANY_BYTES);
    }

    /** Leases what is ready now, at most {@code max}. */
    protected final List<Lease> lease(Session session, int max) {
        return claim(session, max).leases();
    }

    /** Leases a job that must be ready now; where jobs are pushed, one that must be on its way. */
    protected final Lease leaseOne(Session session) {
        if (underTest.handing() == Handing.PUSHED) {
            return leaseSoon(session);
        }
        List<Lease> leases = lease(session, 1);
        assertThat(leases).as("a job is ready").hasSize(1);
        return leases.get(0);
    }

    /** Leases a job that must be ready soon. */
    protected final Lease leaseSoon(Session session) {
        return leaseSoon(session, QUEUE);
    }

    protected final Lease leaseSoon(Session session, String queue) {
        List<Lease> leased = new ArrayList<>();
        eventually("a job of " + queue + " can be leased", () -> {
            leased.addAll(session.lease(queue, 1, MANY_BYTES).leases());
            return !leased.isEmpty();
        });
        return leased.get(0);
    }

    protected final Verdict settle(Session session, Lease lease, Outcome outcome) {
        return session.settle(List.of(Settlement.of(lease, outcome))).get(0);
    }

    /** Settles with an outcome that must be in force. */
    protected final void apply(Session session, Lease lease, Outcome outcome) {
        assertThat(settle(session, lease, outcome)).isEqualTo(Verdict.APPLIED);
    }

    protected final void done(Session session, List<Lease> leases) {
        List<Settlement> settlements = leases.stream()
                .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                .toList();
        assertThat(session.settle(settlements)).hasSameSizeAs(leases).allMatch(Verdict.APPLIED::equals);
    }

    /** Leases and completes jobs until nothing is ready; returns them in order. */
    protected final List<JobId> drain(Session session) {
        List<JobId> ran = new ArrayList<>();
        Claim claim = claim(session, 100);
        while (!claim.leases().isEmpty() || claim.more()) {
            claim.leases().forEach(lease -> ran.add(lease.job().id()));
            done(session, claim.leases());
            claim = claim(session, 100);
        }
        return ran;
    }

    /** Leases and completes {@code count} jobs as they become ready; returns them in order. */
    protected final List<JobId> drainSoon(Session session, int count) {
        List<JobId> ran = new ArrayList<>();
        eventually(count + " jobs have run", () -> {
            ran.addAll(drain(session));
            return ran.size() >= count;
        });
        return ran;
    }

    protected final StoredJob found(QueuedJob job) {
        return broker.find(job.queue(), job.id()).orElseThrow(() -> new AssertionError(job.id() + " is gone"));
    }

    protected final Place placeOf(QueuedJob job) {
        return found(job).place();
    }

    protected static List<JobId> idsOf(List<Lease> leases) {
        return leases.stream().map(lease -> lease.job().id()).toList();
    }

    protected static List<JobId> idsOfStored(List<StoredJob> jobs) {
        return jobs.stream().map(stored -> stored.job().id()).toList();
    }

    // --- time

    /** Lets time pass in small steps until {@code condition} holds; fails when patience is at its end. */
    protected final void eventually(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        long patience = underTest.patience().toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > patience) {
                throw new AssertionError("not within " + underTest.patience() + ": " + what);
            }
            underTest.advance(Duration.ofMillis(10));
        }
    }

    /** Lets time pass while these sessions beat as they should; returns what they learned. */
    protected final List<Beat> beatFor(Duration time, Session... alive) {
        List<Beat> beats = new ArrayList<>();
        Duration step = underTest.shortHeartbeat();
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            underTest.advance(step);
            Arrays.stream(alive).forEach(session -> beats.add(session.renew()));
        }
        return beats;
    }

    /** Lets {@code rescuer} beat and sweep until it has put {@code jobs} jobs of the dead in order; returns the sum. */
    protected final Sweep rescue(Session rescuer, int jobs) {
        if (underTest.handing() == Handing.PUSHED) {
            beatFor(pastShortLease(), rescuer); // the broker does it meanwhile, and nobody tells
            return Sweep.NOTHING;
        }
        List<JobId> rescued = new ArrayList<>();
        List<JobId> suspects = new ArrayList<>();
        List<JobId> buried = new ArrayList<>();
        eventually(jobs + " jobs of dead sessions are rescued", () -> {
            underTest.advance(underTest.shortHeartbeat());
            rescuer.renew();
            Sweep sweep = rescuer.sweep();
            rescued.addAll(sweep.rescued());
            suspects.addAll(sweep.suspects());
            buried.addAll(sweep.buried());
            return rescued.size() + suspects.size() + buried.size() >= jobs;
        });
        return new Sweep(rescued, suspects, buried, 0, 0);
    }

    /** Longer than a mortal session lives without a beat, and than others need to notice. */
    protected final Duration pastShortLease() {
        return underTest.shortLease().plus(underTest.shortHeartbeat().multipliedBy(4));
    }
}
