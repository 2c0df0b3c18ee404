package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Fault;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.it.server.RespClient;
import io.goose.it.server.RespRequest;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A job whose retry goes to another queue is recorded with the settle and delivered after it. What comes between the two is
 * done again by whoever sweeps. Records are left alone for 10 s; here they are made to look older.
 */
final class EffectsIT extends FaultTest {

    private static final String RETRY_QUEUE = "mail-retry";
    private static final String RECORDS = "tck:{" + QUEUE + "}:fx";
    private static final String TIMES = "tck:{" + QUEUE + "}:fxt";

    private RedisServer server;
    private FaultyProxy proxy;
    private Session worker;
    private Broker healthy;
    private Session retrier;
    private LogCapture log;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
        proxy = later(FaultyProxy.inFrontOf(server));
        worker = open(brokerAt(proxy.host(), proxy.port()));
        healthy = brokerAt(server.host(), server.port());
        send(healthy, TestJobs.jobs("other", 2)); // has the script loaded, so that a delivery is not refused at first
        retrier = healthy.open(new SessionSpec(
                List.of(RETRY_QUEUE), 5, 5, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "fault-test"));
        log = LogCapture.of("io.goose.broker.redis");
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    @DisplayName("R12: a crash between the settle and the delivery: a sweep delivers, once")
    void aDeliveryThatNeverHappened_isMadeByTheSweepOfAnotherSession() throws Exception {
        JobId job = sendSome(healthy, 1).get(0);
        Fault cut = proxy.cutRequest(Occurrence.every(1, delivery()));
        retryElsewhere(lease(worker, 1));
        cut.await(Duration.ofSeconds(60));

        assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-3018") && line.contains("1 jobs"));
        assertThat(records()).isEqualTo(1);
        assertThat(healthy.find(QUEUE, job)).isEmpty();
        assertThat(retrier.sweep()).as("the worker may be at it").isEqualTo(Sweep.NOTHING);
        makeOld();
        assertThat(retrier.sweep().effects()).isEqualTo(1);
        assertThat(retrier.sweep()).isEqualTo(Sweep.NOTHING);

        assertThat(drainRetries()).containsExactly(job);
        assertThat(records()).isZero();
        assertThat(healthy.stats(QUEUE).running()).isZero();
    }

    @Test
    void moreRecordsThanFitIntoOneCall_areAllDeliveredByOneSweep() throws Exception {
        List<JobId> jobs = sendSome(healthy, 45);
        proxy.cutRequest(Occurrence.every(1, delivery()));
        retryElsewhere(lease(worker, 45));
        assertThat(records()).isEqualTo(45);
        makeOld();

        assertThat(retrier.sweep().effects()).isEqualTo(45);

        assertThat(drainRetries()).containsExactlyInAnyOrderElementsOf(jobs);
        assertThat(records()).isZero();
    }

    @Test
    @DisplayName("R12: the reply of a delivery is lost, the job runs; the sweep's delivery is known as a repeat")
    void aDeliveryWhoseReplyWasLost_doesNotBringAFinishedJobBack() throws Exception {
        JobId job = sendSome(healthy, 1).get(0);
        Fault cut = proxy.cutReply(Occurrence.every(1, delivery()));
        retryElsewhere(lease(worker, 1));
        cut.await(Duration.ofSeconds(60));
        assertThat(records()).as("not known to be delivered").isEqualTo(1);
        assertThat(drainRetries()).containsExactly(job);
        makeOld();

        retrier.sweep();

        assertThat(records()).isZero();
        assertThat(drainRetries()).isEmpty();
        assertThat(healthy.find(RETRY_QUEUE, job)).isEmpty();
    }

    @Test
    void aRecordThatWasNotDropped_deliversNothingTwice_whileTheJobWaits() throws Exception {
        JobId job = deliveredAndNotDropped();

        retrier.sweep();

        assertThat(records()).isZero();
        assertThat(healthy.stats(RETRY_QUEUE).waiting()).isEqualTo(1);
        assertThat(drainRetries()).containsExactly(job);
    }

    @Test
    void aRecordThatWasNotDropped_deliversNothingTwice_afterTheJobRan() throws Exception {
        JobId job = deliveredAndNotDropped();
        assertThat(drainRetries()).containsExactly(job);

        retrier.sweep();

        assertThat(records()).isZero();
        assertThat(drainRetries()).isEmpty();
        assertThat(healthy.find(RETRY_QUEUE, job)).isEmpty();
    }

    private JobId deliveredAndNotDropped() throws Exception {
        JobId job = sendSome(healthy, 1).get(0);
        Fault cut = proxy.cutRequest(Occurrence.every(1, drop()));
        retryElsewhere(lease(worker, 1));
        cut.await(Duration.ofSeconds(60));
        assertThat(records()).isEqualTo(1);
        assertThat(healthy.stats(RETRY_QUEUE).waiting()).as("delivered").isEqualTo(1);
        makeOld();
        return job;
    }

    @Test
    void aDropWhoseReplyWasLost_dropsAllTheSame() throws Exception {
        JobId job = sendSome(healthy, 1).get(0);
        Fault cut = proxy.cutReply(Occurrence.every(1, drop()));
        retryElsewhere(lease(worker, 1));
        cut.await(Duration.ofSeconds(60));

        assertThat(records()).isZero();
        assertThat(drainRetries()).containsExactly(job);
        assertThat(retrier.sweep()).isEqualTo(Sweep.NOTHING);
    }

    /** Settles with retries on the other queue; they must be in force whatever becomes of their delivery. */
    private void retryElsewhere(List<Lease> leases) {
        List<Settlement> retries = leases.stream()
                .map(lease -> Settlement.of(
                        lease,
                        new Outcome.Retry(
                                Duration.ZERO,
                                RETRY_QUEUE,
                                lease.job().state().afterFailure(TestJobs.failure("x"), Instant.ofEpochMilli(1)))))
                .toList();
        assertThat(worker.settle(retries)).hasSameSizeAs(leases).containsOnly(Verdict.APPLIED);
    }

    private List<JobId> drainRetries() {
        return drain(retrier, RETRY_QUEUE);
    }

    private static Predicate<RespRequest> delivery() {
        return request -> request.command().startsWith("EVAL") && request.mentions("tck:{" + RETRY_QUEUE + "}:send:");
    }

    private static Predicate<RespRequest> drop() {
        return request -> request.command().startsWith("EVAL")
                && request.arguments().contains(RECORDS)
                && request.arguments().contains("drop");
    }

    private long records() throws IOException {
        try (RespClient client = server.connect()) {
            return client.number("HLEN", RECORDS);
        }
    }

    private void makeOld() throws IOException {
        String longAgo = String.valueOf(Instant.now().minusSeconds(60).toEpochMilli());
        try (RespClient client = server.connect()) {
            for (Object name : client.list("ZRANGE", TIMES, "0", "-1")) {
                client.call("ZADD", TIMES, "XX", longAgo, String.valueOf(name));
            }
        }
    }
}
