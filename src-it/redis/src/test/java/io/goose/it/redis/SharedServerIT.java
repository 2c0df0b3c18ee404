package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.se.Goose;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Sweep;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a server that others use too must see of Goose. */
final class SharedServerIT extends FaultTest {

    private static final int JOBS = 1_000;

    private RedisServer server;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
    }

    private Broker inNamespace(String namespace) {
        return later(RedisUnderTest.connect(new BrokerSettings(
                "main",
                namespace,
                Map.of("url", server.url().toString()),
                Duration.ofHours(1),
                RedisUnderTest.STANDARD_DEAD)));
    }

    @Test
    void twoNamespaces_doNotSeeEachOthersJobs_thoughTheQueuesHaveOneName() {
        Broker one = inNamespace("shop");
        Broker two = inNamespace("shop2");
        List<JobId> ofOne = sendSome(one, 3);
        QueuedJob same = new QueuedJob(
                QUEUE,
                ofOne.get(0),
                TestJobs.job(QUEUE).envelope(),
                TestJobs.job(QUEUE).state());

        assertThat(two.queues()).isEmpty();
        assertThat(two.stats(QUEUE).waiting()).isZero();
        assertThat(two.find(QUEUE, ofOne.get(0))).isEmpty();
        assertThat(two.delete(QUEUE, ofOne.get(0))).isFalse();
        Session worker = open(two);
        assertThat(lease(worker, 10)).isEmpty();
        assertThat(send(two, List.of(same)))
                .as("the same id is no repeat here")
                .containsExactly(SendResult.Accepted.INSTANCE);
        two.pause(QUEUE);
        assertThat(one.stats(QUEUE).paused()).isFalse();
        two.resume(QUEUE);
        worker.renew();
        assertThat(worker.sweep()).isEqualTo(Sweep.NOTHING);

        assertThat(drain(worker)).containsExactly(same.id());
        assertThat(one.list(QUEUE, Place.WAITING, 0, 10))
                .extracting(job -> job.job().id())
                .isEqualTo(ofOne);
        assertThat(drain(open(one))).isEqualTo(ofOne);
    }

    /** A job that does nothing. */
    public static class Nothing {
        private final AtomicInteger runs = new AtomicInteger();

        @Job(name = "nothing")
        public void run() {
            runs.incrementAndGet();
        }
    }

    @Test
    @DisplayName("R9, R13: a thousand jobs cost fewer scripts than jobs, and no command that scans")
    void aThousandJobs_costFewerCallsThanJobs_andScanNothing() throws Exception {
        Nothing nothing = new Nothing();
        Goose goose = later(Goose.builder()
                .config("goose.broker.main.url", server.url().toString())
                .config("goose.worker.queues", QUEUE)
                .config("goose.worker.threads", "4")
                .register(nothing)
                .build());
        goose.client()
                .with(options -> options.queue(QUEUE))
                .performAll(Collections.nCopies(JOBS, JobCall.of("nothing")));
        goose.admin().list(QUEUE, Place.WAITING, 0, 1_000);
        server.call("CONFIG", "RESETSTAT");

        goose.start();
        eventually("all have run", () -> nothing.runs.get() == JOBS);
        goose.close(); // writes the last outcomes

        String commands = String.valueOf(server.call("INFO", "commandstats"));
        assertThat(calls(commands, "eval(?:sha)?"))
                .as("scripts for %d jobs", JOBS)
                .isPositive()
                .isLessThan(JOBS);
        assertThat(commands).doesNotContain(RedisTck.SCANS);
        QueueStats left = inNamespace("goose").stats(QUEUE);
        assertThat(left.waiting() + left.running()).isZero();
    }

    private static long calls(String commands, String name) {
        return Pattern.compile("cmdstat_" + name + ":calls=(\\d+)")
                .matcher(commands)
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
    }
}
