package io.goose.engine.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.admin.JobFilter;
import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueChange;
import io.goose.admin.QueueChange.Kind;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.ManualClock;
import io.goose.engine.run.JobScope;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the admin view makes of the operations of a broker. */
final class AdminOperationsTest {

    private static final int MOST_DEAD = 2_000;

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = new MemoryBroker(
            new BrokerSettings(
                    "main",
                    "goose",
                    Map.of(),
                    Duration.ofHours(1),
                    new BrokerSettings.DeadRetention(MOST_DEAD, Duration.ofDays(90))),
            clock);
    private final List<QueueChange> changes = new CopyOnWriteArrayList<>();
    private final AuditTrail trail =
            new AuditTrail("main", List.of(changes::add), clock, JobScope.NONE, (name, body) -> new Thread(body, name));
    private final QueueAdmin admin = new EngineAdmin(broker, trail);

    @AfterEach
    void close() {
        broker.close();
    }

    private static QueuedJob job(Envelope.Builder envelope) {
        Envelope built = envelope.build();
        return new QueuedJob("mail", built.id(), new EnvelopeCodec().encode(built), DeliveryState.FRESH);
    }

    private Envelope.Builder envelope(String handler, JsonArray args) {
        return Envelope.builder(JobId.random(), handler, "mail", args, clock.instant());
    }

    private JobId send(QueuedJob job) {
        broker.send(List.of(job)).toCompletableFuture().join();
        return job.id();
    }

    private List<JobId> send(int count) {
        List<QueuedJob> jobs = TestJobs.jobs("mail", count);
        for (int from = 0; from < count; from += 500) {
            broker.send(jobs.subList(from, Math.min(count, from + 500)))
                    .toCompletableFuture()
                    .join();
        }
        return TestJobs.ids(jobs);
    }

    private Session worker() {
        return broker.open(new SessionSpec(
                List.of("mail"), 1, 1, Set.of(), Duration.ofMinutes(30), Duration.ofMinutes(5), "host"));
    }

    private List<JobId> bury(int count) {
        List<JobId> ids = send(count);
        try (Session worker = worker()) {
            for (int left = count; left > 0; ) {
                List<Lease> leases = worker.lease("mail", 500, 64 << 20).leases();
                worker.settle(leases.stream()
                        .map(lease -> Settlement.of(
                                lease, new Outcome.Dead(lease.job().state())))
                        .toList());
                left -= leases.size();
            }
        }
        return ids;
    }

    private List<JobId> found(JobFilter filter) {
        return admin.search("mail", Place.WAITING, filter, 10).stream()
                .map(stored -> stored.job().id())
                .toList();
    }

    @Test
    @DisplayName("6.3 enqueued-jobs-test find-by-pattern: by handler, tag, argument, failed or not")
    void jobsAreFoundByWhatIsInTheirEnvelopes() {
        JsonArray address = Json.createArrayBuilder()
                .add("ann@example.org")
                .add(7)
                .add(Json.createObjectBuilder()
                        .add("to", Json.createArrayBuilder().add("deep")))
                .build();
        JobId first = send(job(envelope("Mailer#send", address).tags(List.of("vip", "eu"))));
        JobId second = send(
                job(envelope("Mailer#send", Json.createArrayBuilder().add(true).build())));
        JobId third = send(job(envelope("Digest#build", address)));
        JobId unreadable = send(TestJobs.job("mail"));

        assertThat(found(JobFilter.ANY)).containsExactly(first, second, third, unreadable);
        assertThat(found(JobFilter.ANY.handler("Mailer#send"))).containsExactly(first, second);
        assertThat(found(JobFilter.ANY.handler("Mailer"))).isEmpty();
        assertThat(found(JobFilter.ANY.tag("vip"))).containsExactly(first);
        assertThat(found(JobFilter.ANY.argument("7"))).containsExactly(first, third);
        assertThat(found(JobFilter.ANY.argument("deep").handler("Digest#build")))
                .containsExactly(third);
        assertThat(found(JobFilter.ANY.argument("ann"))).isEmpty();
        assertThat(found(JobFilter.ANY.argument("true"))).containsExactly(second);
        assertThat(found(JobFilter.ANY.failed(true))).isEmpty();
        assertThat(found(JobFilter.ANY.failed(false))).hasSize(4);
        assertThat(admin.search("mail", Place.DEAD, JobFilter.ANY, 10)).isEmpty();
        assertThat(admin.search("mail", Place.WAITING, JobFilter.ANY, 2)).hasSize(2);
        assertThatThrownBy(() -> admin.search("mail", Place.WAITING, JobFilter.ANY, 0))
                .hasMessageStartingWith("GOOSE-2243");
    }

    @Test
    @DisplayName("R10: a search goes through all pages")
    void aSearchLooksBehindTheFirstPage() {
        send(1_700);
        JobId last = send(job(envelope("Mailer#send", JsonArray.EMPTY_JSON_ARRAY)));

        assertThat(found(JobFilter.ANY.handler("Mailer#send"))).containsExactly(last);
    }

    @Test
    void theLatencyIsThatOfTheOldestThatWaits() {
        assertThat(admin.latency("mail")).isZero();
        JobId old = send(job(envelope("Mailer#send", JsonArray.EMPTY_JSON_ARRAY)));
        clock.advance(Duration.ofSeconds(40));
        JobId prioritised = send(job(envelope("Mailer#send", JsonArray.EMPTY_JSON_ARRAY)));
        clock.advance(Duration.ofSeconds(2));
        admin.prioritise(prioritised);

        assertThat(admin.latency("mail")).isEqualTo(Duration.ofSeconds(42));
        admin.delete(old);
        assertThat(admin.latency("mail")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void longListsAreWorkedOffInPartsAndInOrder() {
        List<JobId> ids = new ArrayList<>(send(1_300));
        List<JobId> selected = new ArrayList<>(ids.subList(100, 1_300));

        assertThat(admin.prioritise("mail", Place.WAITING, selected)).isEqualTo(selected);

        List<JobId> expected =
                Stream.concat(selected.stream(), ids.subList(0, 100).stream()).toList();
        assertThat(admin.list("mail", Place.WAITING, 0, 1000).stream()
                        .map(one -> one.job().id()))
                .containsExactlyElementsOf(expected.subList(0, 1000));
        assertThat(admin.delete("mail", Place.WAITING, selected)).hasSize(1_200);
        assertThat(admin.stats("mail")).isEqualTo(new QueueStats("mail", 100, 0, 0, 0, 0, false));
        assertThat(admin.purge("mail", Place.WAITING)).isEqualTo(100);
    }

    @Test
    @DisplayName("6.3, 6.7 replay-n: n oldest, all, none of an empty queue; pop is the oldest")
    void theOldestDeadAreSentAnewOrTakenOut() {
        List<JobId> dead = bury(1_210);

        assertThat(admin.pop("mail").map(StoredJob::job).map(QueuedJob::id)).contains(dead.get(0));
        assertThat(admin.replayOldest("mail", Place.DEAD, 2)).isEqualTo(2);
        assertThat(admin.list("mail", Place.WAITING, 0, 10).stream()
                        .map(one -> one.job().id()))
                .containsExactlyElementsOf(dead.subList(1, 3));
        assertThat(admin.replayAll("mail", Place.DEAD)).isEqualTo(1_207);
        assertThat(admin.replayOldest("mail", Place.DEAD, 5)).isZero();
        assertThat(admin.replayOldest("mail", Place.DEAD, 0)).isZero();
        assertThat(admin.pop("mail")).isEmpty();
        assertThat(admin.stats("mail").waiting()).isEqualTo(1_209);
    }

    @Test
    @DisplayName("6.3 dead-jobs-test delete-older-than: up to a time, itself included")
    void deadJobsAreDeletedUpToATime() {
        bury(3);
        clock.advance(Duration.ofHours(1));
        List<JobId> later = bury(2);

        assertThat(admin.deleteDeadUntil("mail", clock.instant().minus(Duration.ofHours(1))))
                .isEqualTo(3);
        assertThat(admin.list("mail", Place.DEAD, 0, 10).stream()
                        .map(one -> one.job().id()))
                .containsExactlyInAnyOrderElementsOf(later);
        assertThat(admin.deleteDeadUntil("mail", clock.instant().minusSeconds(1)))
                .isZero();
    }

    @Test
    void aPlaceThatAnOperationIsNotForIsRefused() {
        List<JobId> none = List.of();
        assertThatThrownBy(() -> admin.delete("mail", Place.RUNNING, none)).hasMessageStartingWith("GOOSE-2242");
        assertThatThrownBy(() -> admin.prioritise("mail", Place.DEAD, none)).hasMessageStartingWith("GOOSE-2242");
        assertThatThrownBy(() -> admin.replay("mail", Place.WAITING, none)).hasMessageStartingWith("GOOSE-2242");
        assertThatThrownBy(() -> admin.replayAll("mail", Place.SCHEDULED)).hasMessageStartingWith("GOOSE-2242");
        assertThatThrownBy(() -> admin.purge("mail", Place.RUNNING)).hasMessageStartingWith("GOOSE-2242");
    }

    @Test
    void eachChangeIsToldAndLoggedOnce_withWhoMadeIt_andNothingIsNone() {
        List<JobId> ids = send(4);
        QueueAdmin ann = admin.by("ann");
        try (LogCapture log = LogCapture.open()) {
            ann.prioritise(
                    "mail",
                    Place.WAITING,
                    List.of(ids.get(3), TestJobs.job("mail").id()));
            ann.delete(ids.get(0));
            ann.delete(ids.get(0));
            admin.purge("mail", Place.WAITING);
            admin.purge("mail", Place.WAITING);
            ann.pause("mail");

            assertThat(log.ownMessages()).hasSize(4).allMatch(line -> line.startsWith("INFO GOOSE-2240: "));
            assertThat(log.ownMessages().get(0))
                    .contains(
                            "PRIORITISED in queue 'mail' of broker 'main': 1 WAITING job [" + ids.get(3) + "]; by ann");
            assertThat(log.ownMessages().get(1))
                    .contains("by ann")
                    .contains(ids.get(0).value());
        }

        assertThat(changes)
                .containsExactly(
                        new QueueChange(
                                Kind.PRIORITISED,
                                "main",
                                "mail",
                                Place.WAITING,
                                ids.subList(3, 4),
                                1,
                                "ann",
                                clock.instant()),
                        new QueueChange(
                                Kind.DELETED, "main", "mail", null, ids.subList(0, 1), 1, "ann", clock.instant()),
                        new QueueChange(
                                Kind.PURGED, "main", "mail", Place.WAITING, List.of(), 3, null, clock.instant()),
                        new QueueChange(Kind.PAUSED, "main", "mail", null, List.of(), 0, "ann", clock.instant()));
    }

    @Test
    void aListenerThatFailsChangesNothing_andTheNextIsTold() {
        List<JobId> ids = send(1);
        AuditTrail failing = new AuditTrail(
                "main",
                List.of(
                        change -> {
                            throw new IllegalStateException("no audit");
                        },
                        changes::add),
                clock,
                JobScope.NONE,
                (name, body) -> new Thread(body, name));
        try (LogCapture log = LogCapture.open()) {
            assertThat(new EngineAdmin(broker, failing).delete(ids.get(0))).isTrue();

            assertThat(log.count("GOOSE-2241")).isEqualTo(1);
        }
        assertThat(changes).hasSize(1);
    }

    @Test
    @DisplayName("R25: an eviction is an event")
    void whatIsEvictedIsTold() {
        broker.onEviction(trail::evicted);
        try (LogCapture log = LogCapture.open()) {
            bury(MOST_DEAD);
            assertThat(changes).isEmpty();
            bury(1);

            Eventually.until("the eviction is told", () -> changes.size() == 1);
            assertThat(log.count("GOOSE-3002")).isEqualTo(1);
        }
        assertThat(changes.get(0).kind()).isEqualTo(Kind.EVICTED);
        assertThat(changes.get(0).count()).isEqualTo(1);
        assertThat(changes.get(0).place()).isEqualTo(Place.DEAD);
    }
}
