package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a producer of another make can write into a queue: it may spoil its own jobs, nobody else's. */
@Timeout(180)
final class ForeignProducerIT extends FaultTest {

    private static final String TOO_LONG = "x".repeat(65);

    private RedisServer server;
    private Broker broker;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
        broker = brokerAt(server.host(), server.port());
    }

    /** Waits in the queue, as the published script leaves it. */
    private void push(String id, String envelope) throws Exception {
        server.call("SADD", "tck:queues", QUEUE);
        server.call("HSET", "tck:{mail}:body", id, envelope);
        server.call("LPUSH", "tck:{mail}:back", id);
    }

    private Session announcing(String... needs) {
        return broker.open(new SessionSpec(
                List.of(QUEUE), 5, 5, Set.of(needs), Duration.ofSeconds(30), Duration.ofMillis(200), "fault-test"));
    }

    @Test
    void aNeedOfTwoLines_isNotTakenForTwoThatWereAnnounced() {
        Session session = announcing("handler:a", "enc:json");
        for (String need : List.of("handler:a\nenc:json", "enc:json\nhandler:a")) {
            List<JobId> strange = sendSome(broker, 1);
            List<Lease> leases = lease(session, 1);
            assertThat(session.settle(
                            List.of(Settlement.of(leases.get(0), new Outcome.Release(Duration.ofMinutes(1), need)))))
                    .containsExactly(Verdict.APPLIED);
            List<JobId> plain = sendSome(broker, 1);

            assertThat(drain(session)).isEqualTo(plain);
            assertThat(broker.find(QUEUE, strange.get(0)).orElseThrow().place()).isEqualTo(Place.SCHEDULED);
        }
    }

    @Test
    void aNeedWithControlCharacters_isRoutedToWhoAnnouncesIt() {
        String need = "handler:a\nb%\t";
        Session ignorant = announcing("handler:a");
        Session knowing = announcing(need);
        List<JobId> sent = sendSome(broker, 1);
        List<Lease> leases = lease(ignorant, 1);
        ignorant.settle(List.of(Settlement.of(leases.get(0), new Outcome.Release(Duration.ofMinutes(1), need))));

        assertThat(lease(ignorant, 1)).isEmpty();
        assertThat(drain(knowing)).isEqualTo(sent);
    }

    @Test
    void anIdThatIsNone_isListedUnderASubstitute_andCanBeDeleted() throws Exception {
        push(TOO_LONG, "{}");
        List<JobId> sent = sendSome(broker, 2);
        assertThat(broker.list(QUEUE, Place.WAITING, 0, 10)).hasSize(3);

        assertThat(drain(open(broker))).isEqualTo(sent);
        StoredJob parked = broker.list(QUEUE, Place.PARKED, 0, 10).get(0);

        assertThat(parked.note()).contains("1 to 64 characters", TOO_LONG);
        JobId substitute = parked.job().id();
        assertThat(broker.find(QUEUE, substitute)).isPresent();
        assertThat(broker.delete(QUEUE, substitute)).isTrue();
        assertThat(broker.list(QUEUE, Place.PARKED, 0, 10)).isEmpty();
        assertThat(server.call("HEXISTS", "tck:{mail}:body", TOO_LONG)).isEqualTo(0L);
    }

    @Test
    void aRetryQueueThatCannotBe_parksTheJob_andLeavesTheOthersAlone() {
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 2);
        List<Lease> leases = lease(session, 2);
        List<Settlement> retries = Stream.of("a b", "elsewhere")
                .map(queue -> {
                    Lease lease = leases.get(queue.equals("a b") ? 0 : 1);
                    return Settlement.of(
                            lease,
                            new Outcome.Retry(
                                    Duration.ZERO,
                                    queue,
                                    lease.job().state().afterFailure(TestJobs.failure("x"), Instant.now())));
                })
                .toList();

        assertThat(session.settle(retries)).containsOnly(Verdict.APPLIED).hasSize(2);

        assertThat(broker.list(QUEUE, Place.PARKED, 0, 10)).singleElement().satisfies(stored -> {
            assertThat(stored.job().id()).isEqualTo(sent.get(0));
            assertThat(stored.note()).contains("a b");
        });
        assertThat(broker.stats("elsewhere").waiting()).isEqualTo(1);
        assertThat(broker.queues()).containsExactlyInAnyOrder(QUEUE, "elsewhere");
    }

    @Test
    void whatCannotBeReadInOneQueue_doesNotKeepASweepFromTheOthers() throws Exception {
        server.call("SADD", "tck:queues", "another");
        server.call("HSET", "tck:{another}:fx", "x:1", "no header at all\nx");
        server.call("ZADD", "tck:{another}:fxt", "0", "x:1");
        sendSome(broker, 1);
        Session dead = open(broker, Duration.ofMillis(300));
        assertThat(lease(dead, 1)).hasSize(1);
        Session sweeper = open(broker);
        pause(400); // past the lease of the one that does not beat

        List<JobId> ran = new ArrayList<>();
        for (long start = System.nanoTime();
                ran.isEmpty()
                        && System.nanoTime() - start < Duration.ofMinutes(1).toNanos(); ) {
            sweeper.renew();
            try {
                sweeper.sweep();
            } catch (GooseException unreadable) {
                assertThat(unreadable).hasMessageContaining("another");
            }
            ran.addAll(drain(sweeper));
            pause(50);
        }

        assertThat(ran).hasSize(1);
    }
}
