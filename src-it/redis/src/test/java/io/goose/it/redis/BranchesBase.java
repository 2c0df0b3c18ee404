package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.admin.Place;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.RedisServer;
import io.goose.it.server.RespRequest;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import io.goose.spi.Branches;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.PreparedBranch;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Branches of distributed transactions, seen through the broker, with the process that has one dying at each request to the servers, before it
 * is executed and after it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BranchesBase {

    /** In a cluster they are in slots of their own. */
    private static final String ORDERS = "orders";

    private static final String MAILS = "mails";
    private static final String WORK = "work";
    private static final List<String> QUEUES = List.of(ORDERS, MAILS, WORK);

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int MOST_STEPS = 60;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final List<FaultyProxy> proxies = new ArrayList<>();
    private String namespace = "";
    private Broker mortal; // dies in the course of a test
    private Broker heir;
    private Session worker;

    /** How brokers are configured to reach the servers through the proxies. */
    abstract Map<String, String> start(List<FaultyProxy> through) throws IOException;

    abstract List<RedisServer> servers();

    abstract void stop() throws Exception;

    private Map<String, String> properties = Map.of();

    @BeforeAll
    void startServers() throws IOException {
        properties = start(proxies);
    }

    @AfterAll
    void stopServers() throws Exception {
        proxies.forEach(FaultyProxy::close);
        stop();
    }

    @BeforeEach
    void connect() {
        proxies.forEach(FaultyProxy::normal);
        namespace = "xa" + NUMBERS.incrementAndGet();
        mortal = broker();
        heir = broker();
        worker = worker(mortal, LEASE);
    }

    @AfterEach
    void disconnect() {
        mortal.close();
        heir.close();
    }

    private Broker broker() {
        Map<String, String> all =
                new HashMap<>(Map.of("timeout", "PT10S", "connect-timeout", "PT10S", "send-timeout", "PT10S"));
        all.putAll(properties);
        return RedisUnderTest.connect(
                new BrokerSettings("main", namespace, all, Duration.ofHours(1), RedisUnderTest.STANDARD_DEAD));
    }

    private static Session worker(Broker broker, Duration lease) {
        return broker.open(new SessionSpec(QUEUES, 5, 5, Set.of(), lease, Duration.ofMillis(100), "branches"));
    }

    /** A worker that outlives the first process. */
    final Session open() {
        return worker(heir, LEASE);
    }

    /** The key of all branches. */
    final String list() {
        return namespace + ":xa";
    }

    private static BranchId id() {
        return new BranchId(-3, "0a" + "%08x".formatted(NUMBERS.incrementAndGet()), "ff");
    }

    /** Jobs of several queues and a lease: what a branch does. */
    private record Done(BranchId id, BranchWork work, List<QueuedJob> jobs, Lease lease) {}

    private Done work() {
        FaultTest.send(heir, List.of(TestJobs.job(WORK)));
        return work(worker.lease(WORK, 1, 1 << 20).leases().get(0));
    }

    private static Done work(Lease lease) {
        List<QueuedJob> jobs = List.of(TestJobs.job(ORDERS), TestJobs.job(MAILS), TestJobs.job(ORDERS));
        return new Done(id(), new BranchWork(jobs, List.of(Settlement.of(lease, Outcome.Done.INSTANCE))), jobs, lease);
    }

    private long waiting(String queue) {
        return heir.stats(queue).waiting();
    }

    private List<JobId> drain(Broker broker) {
        try (Session session = worker(broker, LEASE)) {
            List<JobId> ran = new ArrayList<>();
            QUEUES.forEach(queue -> ran.addAll(FaultTest.drain(session, queue)));
            return ran;
        }
    }

    private void assertCommitted(Done done) throws IOException {
        assertThat(heir.branches().prepared()).isEmpty();
        assertThat(heir.find(WORK, done.lease().job().id()))
                .as("the job that was completed")
                .isEmpty();
        assertThat(drain(heir)).containsExactlyInAnyOrderElementsOf(TestJobs.ids(done.jobs()));
        assertNothingLeft();
    }

    private void assertRolledBack(Done done) throws IOException {
        assertThat(heir.branches().prepared()).isEmpty();
        assertThat(drain(heir)).containsExactly(done.lease().job().id());
        assertNothingLeft();
    }

    /** But for what refuses a late part of a branch that was rolled back, and goes by itself. */
    private void assertNothingLeft() throws IOException {
        for (String queue : QUEUES) {
            assertThat(heir.stats(queue)).satisfies(stats -> assertThat(
                            stats.waiting() + stats.running() + stats.scheduled() + stats.dead() + stats.parked())
                    .as(queue)
                    .isZero());
        }
        for (RedisServer server : servers()) {
            for (Object key : (List<?>) Objects.requireNonNull(server.call("KEYS", namespace + ":*xa*"))) {
                assertThat(ttl(server, String.valueOf(key)))
                        .as(String.valueOf(key))
                        .isBetween(1L, 600_000L);
            }
        }
    }

    private static long ttl(RedisServer server, String key) throws IOException {
        Object answer = server.call("PTTL", key);
        return answer instanceof Long millis ? millis : 0;
    }

    @Test
    void whatIsPrepared_isNobodysUntilItIsCommitted() throws IOException {
        Done done = work();

        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();

        assertThat(waiting(ORDERS) + waiting(MAILS) + waiting(WORK)).isZero();
        assertThat(heir.find(WORK, done.lease().job().id())).get().satisfies(job -> assertThat(job.place())
                .isEqualTo(Place.RUNNING));
        assertThat(heir.branches().recover()).containsExactly(done.id());
        assertThat(heir.branches().prepared()).singleElement().satisfies(branch -> assertThat(branch)
                .usingRecursiveComparison()
                .ignoringFields("since")
                .isEqualTo(new PreparedBranch(done.id(), branch.since(), 3, 1, List.of(MAILS, ORDERS, WORK))));
        assertThat(heir.housekeeping().workers()).as("a branch is no worker").hasSize(1);

        assertThat(heir.branches().commit(done.id())).isTrue();
        assertThat(heir.branches().commit(done.id())).as("again").isFalse();
        assertThat(heir.branches().rollback(done.id())).isFalse();
        assertCommitted(done);
    }

    @Test
    void whatIsRolledBack_neverWas_andItsLeaseCountsNoAttempt() throws IOException {
        Done done = work();
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();

        assertThat(heir.branches().rollback(done.id())).isTrue();
        assertThat(heir.branches().rollback(done.id())).as("again").isFalse();
        assertThat(heir.branches().commit(done.id())).isFalse();

        try (Session next = worker(heir, LEASE)) {
            Lease again = next.lease(WORK, 1, 1 << 20).leases().get(0);
            assertThat(again.job().state()).isEqualTo(done.lease().job().state().withLane(Lane.FRONT));
            next.returnUnstarted(List.of(again));
        }
        assertRolledBack(done);
    }

    /** With a lease of its own the worker would be dead by then, and its jobs another's. */
    @Test
    void whatABranchHasCompleted_isNotRescued_howeverLongItTakes() throws IOException {
        worker.close();
        worker = worker(mortal, Duration.ofMillis(300));
        List<QueuedJob> two = TestJobs.jobs(WORK, 2);
        FaultTest.send(heir, two);
        List<Lease> leases = worker.lease(WORK, 2, 1 << 20).leases();
        Done done = work(leases.get(0));
        QueuedJob other = two.get(1);
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();
        mortal.close();

        try (Session reaper = worker(heir, LEASE)) {
            List<JobId> rescued = new ArrayList<>();
            FaultTest.eventually("the dead worker's other job is rescued", () -> {
                reaper.renew();
                Sweep sweep = reaper.sweep();
                rescued.addAll(sweep.rescued());
                rescued.addAll(sweep.suspects());
                return !rescued.isEmpty();
            });
            assertThat(rescued).containsExactly(other.id());
            assertThat(reaper.lease(WORK, 10, 1 << 20).leases())
                    .extracting(lease -> lease.job().id())
                    .containsExactly(other.id());
        }
        assertThat(heir.branches().recover()).containsExactly(done.id());
        assertThat(heir.branches().commit(done.id())).isTrue();
        assertThat(heir.find(WORK, done.lease().job().id())).isEmpty();
    }

    @Test
    void aLeaseThatIsNotTheWorkersAnyMore_refusesTheWholeBranch() throws IOException {
        Done done = work();
        worker.returnUnstarted(List.of(done.lease()));

        assertThat(mortal.branches().prepare(done.id(), done.work(), true))
                .get()
                .asString()
                .startsWith("GOOSE-3211");
        assertRolledBack(done);
    }

    @Test
    void aWorkerThatHandsALeaseOver_doesNotTakeItForLost() {
        Done done = work();
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();

        assertThat(worker.renew().lost()).isEmpty();
        assertThat(worker.settle(done.work().settlements())).containsExactly(Verdict.STALE);
        assertThat(heir.branches().rollback(done.id())).isTrue();
    }

    /** Another resource said no: the worker counts the attempt, which whoever finds the job in its queue could not. */
    @Test
    void whatAWorkersOwnProcessRollsBack_isTheWorkersAgain() throws IOException {
        Done done = work();
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();

        assertThat(mortal.branches().rollback(done.id())).isTrue();

        assertThat(worker.renew().lost()).isEmpty();
        assertThat(waiting(WORK)).isZero();
        assertThat(worker.settle(done.work().settlements())).containsExactly(Verdict.APPLIED);
        assertThat(drain(heir)).isEmpty();
        assertNothingLeft();
    }

    /** The worker has let it go by then, so that nobody would settle it. */
    @Test
    void whatAWorkersOwnProcessRollsBackWhenItsDeliveryIsOver_isInItsQueue() throws IOException {
        Done done = work();
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();
        mortal.branches().letGo(done.id());
        assertThat(worker.settle(List.of(Settlement.of(done.lease(), Outcome.Release.NOW))))
                .containsExactly(Verdict.STALE);

        assertThat(mortal.branches().rollback(done.id())).isTrue();

        assertThat(waiting(WORK)).isEqualTo(1);
        assertThat(worker.renew().lost()).isEmpty();
        assertRolledBack(done);
    }

    /** The lease was the branch's, but nobody heard of it; as with a lease that was heard of, the worker counts the attempt. */
    @Test
    void whatWasHandedOverWithoutAnAnswer_isTheWorkersAgain() throws IOException {
        Done done = work();
        Predicate<RespRequest> handsOver = request -> request.arguments().contains("0s");
        proxies.forEach(proxy -> proxy.cutReply(Occurrence.every(1, handsOver)));

        assertThat(mortal.branches().prepare(done.id(), done.work(), true))
                .get()
                .asString()
                .startsWith("GOOSE-3011");
        proxies.forEach(FaultyProxy::normal);

        assertThat(waiting(WORK)).isZero();
        assertThat(worker.renew().lost()).isEmpty();
        assertThat(worker.settle(done.work().settlements())).containsExactly(Verdict.APPLIED);
        assertThat(drain(heir)).isEmpty();
        assertNothingLeft();
    }

    /** Neither the vote nor the rollback has reached a server: the worker has its lease, and ends it when the server is back. */
    @Test
    void aVoteThatReachesNobody_leavesTheLeaseToItsWorker() throws IOException {
        Done done = work();
        proxies.forEach(proxy -> proxy.cutRequest(Occurrence.every(1, request -> true)));
        assertThatThrownBy(() -> mortal.branches().prepare(done.id(), done.work(), true))
                .isInstanceOf(BrokerUnavailableException.class);
        assertThatThrownBy(() -> mortal.branches().rollback(done.id())).isInstanceOf(BrokerUnavailableException.class);
        mortal.branches().letGo(done.id());
        proxies.forEach(FaultyProxy::normal);

        assertThat(worker.settle(List.of(Settlement.of(done.lease(), Outcome.Done.INSTANCE))))
                .containsExactly(Verdict.APPLIED);
        assertThat(heir.branches().prepared()).isEmpty();
        assertNothingLeft();
    }

    /** The vote was carried out and not heard, and no rollback reached the server: the branch has the lease, which a settle finds out. */
    @Test
    void aVoteThatIsNeitherHeardNorTakenBack_keepsTheJob_untilTheRecoveryReturnsIt() throws IOException {
        Done done = work();
        AtomicBoolean isOver = new AtomicBoolean();
        Predicate<RespRequest> handsOver = request -> {
            boolean is = request.arguments().contains("0s");
            isOver.compareAndSet(false, is);
            return is;
        };
        proxies.forEach(proxy -> proxy.cutReply(Occurrence.every(1, handsOver)));
        proxies.forEach(proxy -> proxy.cutRequest(Occurrence.every(
                1, request -> isOver.get() && !request.arguments().contains("0s"))));
        assertThatThrownBy(() -> mortal.branches().prepare(done.id(), done.work(), true))
                .isInstanceOf(BrokerUnavailableException.class);
        mortal.branches().letGo(done.id());
        proxies.forEach(FaultyProxy::normal);

        assertThat(worker.settle(List.of(Settlement.of(done.lease(), Outcome.Done.INSTANCE))))
                .containsExactly(Verdict.STALE);
        assertThat(worker.renew().lost()).isEmpty();
        assertThat(mortal.branches().rollback(done.id())).isTrue();
        assertRolledBack(done);
    }

    /** As far as can be told: the session's lease is over, so that others may take what it has at any moment. */
    @Test
    void whatAWorkerThatIsTakenForDeadRollsBack_isInItsQueue() throws IOException {
        worker.close();
        worker = worker(mortal, Duration.ofMillis(300));
        Done done = work();
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();
        try (Session reaper = worker(heir, LEASE)) {
            FaultTest.eventually("its lease is over", () -> {
                reaper.renew();
                reaper.sweep();
                return heir.housekeeping().workers().size() == 1;
            });
        }

        assertThat(mortal.branches().rollback(done.id())).isTrue();

        assertThat(worker.settle(done.work().settlements())).containsExactly(Verdict.STALE);
        assertRolledBack(done);
    }

    /** More than a script could take at once. */
    @Test
    void manyLeases_goBackInTheirOrder_inSeveralSteps() throws IOException {
        List<QueuedJob> jobs = TestJobs.jobs(WORK, 1201);
        for (int from = 0; from < jobs.size(); from += 500) {
            FaultTest.send(heir, jobs.subList(from, Math.min(jobs.size(), from + 500)));
        }
        List<Lease> leases = new ArrayList<>();
        while (leases.size() < jobs.size()) {
            leases.addAll(worker.lease(WORK, 500, 8 << 20).leases());
        }
        BranchId id = id();
        List<Settlement> done = leases.stream()
                .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                .toList();
        assertThat(mortal.branches().prepare(id, new BranchWork(List.of(), done), true))
                .isEmpty();

        assertThat(heir.branches().rollback(id)).isTrue();

        assertThat(drain(heir)).containsExactlyElementsOf(TestJobs.ids(jobs));
        assertNothingLeft();
    }

    @Test
    void manyLeases_areTheWorkersAgain_inOneStep_andWhatItLeavesIsKeptInPartsOfAMegabyte() {
        List<QueuedJob> jobs = TestJobs.jobs(WORK, 30);
        FaultTest.send(heir, jobs);
        List<Lease> leases = worker.lease(WORK, 30, 8 << 20).leases();
        List<Settlement> done = leases.stream()
                .map(lease -> new Settlement(
                        lease, Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(large(TestJobs.job(MAILS))))))
                .toList();
        BranchId id = id();
        assertThat(mortal.branches().prepare(id, new BranchWork(List.of(), done), true))
                .isEmpty();
        assertThat(parts(id)).as("7.5 MB").isBetween(8L, 15L);

        assertThat(mortal.branches().rollback(id)).isTrue();
        assertThat(worker.renew().lost()).isEmpty();
        assertThat(worker.settle(done)).hasSize(30).containsOnly(Verdict.APPLIED);
        assertThat(waiting(MAILS)).isEqualTo(30);
    }

    private static QueuedJob large(QueuedJob job) {
        return new QueuedJob(job.queue(), job.id(), EncodedEnvelope.wrap(new byte[250_000]), job.state());
    }

    /** How many parts a branch has in the queue of jobs that are run. */
    private long parts(BranchId id) {
        long parts = 0;
        for (RedisServer server : servers()) {
            try {
                if (server.call("HLEN", namespace + ":{" + WORK + "}:xa:" + id) instanceof Long some) {
                    parts += some;
                }
            } catch (IOException elsewhere) {
                assertThat(elsewhere).hasMessageContaining("MOVED");
            }
        }
        return parts;
    }

    @Test
    void whatAJobLeaves_isThereWithTheCommit() {
        QueuedJob leased = TestJobs.job(WORK);
        FaultTest.send(heir, List.of(leased));
        Lease lease = worker.lease(WORK, 1, 1 << 20).leases().get(0);
        QueuedJob next = TestJobs.job(MAILS);
        BranchId id = id();
        BranchWork work = new BranchWork(
                List.of(),
                List.of(new Settlement(
                        lease,
                        Outcome.Done.INSTANCE,
                        List.of(new Effect.Enqueue(next), new Effect.PutResult(result(), Duration.ofHours(1))))));

        assertThat(mortal.branches().prepare(id, work, true)).isEmpty();
        assertThat(heir.result(WORK, leased.id())).isEmpty();
        assertThat(heir.branches().commit(id)).isTrue();

        assertThat(heir.result(WORK, leased.id())).contains(result());
        assertThat(drain(heir)).containsExactly(next.id());
    }

    private static JobResult result() {
        return new JobResult(JobResult.End.SUCCEEDED, 1, "json", JsonValue.EMPTY_JSON_ARRAY);
    }

    @Test
    void manyJobs_keepTheirOrder_overSeveralSteps() {
        List<QueuedJob> jobs = TestJobs.jobs(ORDERS, 1201);
        BranchId id = id();

        assertThat(mortal.branches().prepare(id, BranchWork.of(jobs), true)).isEmpty();
        assertThat(heir.branches().commit(id)).isTrue();

        assertThat(drain(heir)).containsExactlyElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void oneQueueInOnePhase_needsNoBranch_severalDo() throws IOException {
        List<QueuedJob> one = TestJobs.jobs(ORDERS, 3);
        assertThat(mortal.branches().commitAtOnce(id(), BranchWork.of(one), true))
                .isEmpty();
        assertThat(drain(heir)).containsExactlyElementsOf(TestJobs.ids(one));

        Done done = work();
        assertThat(mortal.branches().commitAtOnce(done.id(), done.work(), true)).isEmpty();
        assertCommitted(done);
    }

    @Test
    void whatABranchCannotKeep_isRefused() {
        QueuedJob unique =
                TestJobs.job(ORDERS).withUnique(new UniqueKey("k", Scope.RUNNING, null, OnConflict.KEEP, null));
        Done done = work();
        Settlement parked = Settlement.of(done.lease(), new Outcome.Parked("why", null));

        assertThat(mortal.branches().prepare(id(), BranchWork.of(List.of(unique)), true))
                .get()
                .asString()
                .startsWith("GOOSE-3212");
        assertThat(mortal.branches().prepare(id(), new BranchWork(List.of(), List.of(parked)), true))
                .get()
                .asString()
                .startsWith("GOOSE-3213");
        assertThat(heir.branches().prepared()).isEmpty();
    }

    /** Whoever reads the configuration again would be too late: it is read with the vote. */
    @Test
    void serversThatMayForget_areRefused_unlessThatIsAccepted() throws IOException {
        mortal.branches().check();
        Done done = work();
        for (RedisServer server : servers()) {
            server.call("CONFIG", "SET", "appendfsync", "everysec");
        }
        try {
            assertThatThrownBy(() -> mortal.branches().check())
                    .isInstanceOf(BrokerRefusedException.class)
                    .hasMessageContaining("GOOSE-3210")
                    .hasMessageContaining("appendfsync=everysec")
                    .hasMessageContaining("xaDurability=relaxed");
            assertThat(mortal.branches().prepare(done.id(), done.work(), true))
                    .get()
                    .asString()
                    .startsWith("GOOSE-3210");
            BranchId relaxed = id();
            List<QueuedJob> jobs = TestJobs.jobs(ORDERS, 1);
            assertThat(mortal.branches().prepare(relaxed, BranchWork.of(jobs), false))
                    .isEmpty();
            assertThat(heir.branches().rollback(relaxed)).isTrue();
        } finally {
            for (RedisServer server : servers()) {
                server.call("CONFIG", "SET", "appendfsync", "always");
            }
        }
        assertThat(worker.settle(done.work().settlements())).containsExactly(Verdict.APPLIED);
        assertNothingLeft();
    }

    /** A part that was on its way when its branch was rolled back would take a job with it for ever. */
    @Test
    void aPartThatComesAfterTheRollback_isRefused() throws IOException {
        Done done = work();
        assertThat(mortal.branches().prepare(done.id(), done.work(), true)).isEmpty();
        assertThat(heir.branches().rollback(done.id())).isTrue();
        Lease again = worker.lease(WORK, 1, 1 << 20).leases().get(0);

        BranchWork late = new BranchWork(done.jobs(), List.of(Settlement.of(again, Outcome.Done.INSTANCE)));
        assertThat(mortal.branches().prepare(done.id(), late, true))
                .get()
                .asString()
                .startsWith("GOOSE-3227"); // not that the lease is lost, for it is not
        worker.returnUnstarted(List.of(again));
        assertRolledBack(done);
    }

    @ParameterizedTest
    @CsvSource({
        "prepare, false",
        "prepare, true",
        "commit, false",
        "commit, true",
        "rollback, false",
        "rollback, true",
        "at once, false",
        "at once, true"
    })
    void aProcessThatDiesAtAnyRequest_leavesABranchThatItsHeirEnds(String phase, boolean isExecuted)
            throws IOException {
        int steps = 0;
        boolean died = true;
        while (died && steps < MOST_STEPS) {
            disconnect();
            connect();
            Done done = work();
            Branches branches = mortal.branches();
            if (phase.equals("commit") || phase.equals("rollback")) {
                assertThat(branches.prepare(done.id(), done.work(), true)).isEmpty();
            }
            boolean[] voted = new boolean[1];
            died = dies(++steps, isExecuted, () -> {
                switch (phase) {
                    case "prepare" ->
                        voted[0] =
                                branches.prepare(done.id(), done.work(), true).isEmpty();
                    case "commit" -> branches.commit(done.id());
                    case "rollback" -> branches.rollback(done.id());
                    default ->
                        voted[0] = branches.commitAtOnce(done.id(), done.work(), true)
                                .isEmpty();
                }
            });
            assertThat(voted[0]).as("who died has not voted").isEqualTo(!died && !phase.matches("commit|rollback"));
            end(done, phase);
        }
        assertThat(steps).as("requests of a " + phase).isBetween(4, MOST_STEPS - 1);
    }

    /** What a transaction manager does after the crash of the process that had the branch. */
    private void end(Done done, String phase) throws IOException {
        Branches branches = heir.branches();
        List<BranchId> open = branches.recover();
        switch (phase) {
            case "commit" -> {
                open.forEach(branches::commit);
                assertCommitted(done);
            }
            case "rollback", "prepare" -> {
                open.forEach(branches::rollback);
                rescueAndAssertRolledBack(done);
            }
            default -> {
                open.forEach(branches::rollback);
                if (heir.find(WORK, done.lease().job().id()).isEmpty()) {
                    assertCommitted(done); // it had been decided
                } else {
                    rescueAndAssertRolledBack(done);
                }
            }
        }
    }

    /** What was not the branch's yet is still that of the dead worker, whom others give up when its lease has ended. */
    private void rescueAndAssertRolledBack(Done done) throws IOException {
        if (heir.stats(WORK).running() > 0) {
            assertThat(heir.branches().prepared()).isEmpty();
            assertThat(heir.housekeeping().workers()).singleElement().satisfies(dead -> assertThat(dead.leased())
                    .hasSize(1));
            assertThat(waiting(ORDERS) + waiting(MAILS)).isZero();
        } else {
            assertRolledBack(done);
        }
    }

    /** Cuts a process off at its n-th request; returns whether it came to that. */
    private boolean dies(int number, boolean isExecuted, Runnable what) {
        AtomicInteger count = new AtomicInteger();
        AtomicBoolean armed = new AtomicBoolean(true);
        Predicate<RespRequest> counts =
                request -> armed.get() && request.command().matches("EVAL.*|H[GD].*|SMEMBERS");
        Predicate<RespRequest> last = request -> counts.test(request) && count.incrementAndGet() == number;
        Predicate<RespRequest> later = request -> counts.test(request) && count.get() > number;
        Predicate<RespRequest> late = request -> counts.test(request) && count.incrementAndGet() >= number;
        Consumer<FaultyProxy> cut = proxy -> {
            if (isExecuted) {
                proxy.cutReply(Occurrence.every(1, last));
                proxy.cutRequest(Occurrence.every(1, later));
            } else {
                proxy.cutRequest(Occurrence.every(1, late));
            }
        };
        proxies.forEach(cut);
        try {
            what.run();
        } catch (BrokerUnavailableException dead) {
            assertThat(dead).hasMessageContaining("GOOSE-3011");
        } finally {
            armed.set(false);
            proxies.forEach(FaultyProxy::normal);
            mortal.close();
        }
        return count.get() >= number;
    }
}
