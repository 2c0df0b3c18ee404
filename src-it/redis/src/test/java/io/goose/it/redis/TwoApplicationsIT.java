package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import io.goose.tck.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Applications that know different jobs and share a queue. {@value #JOBS_PROPERTY} is the number of jobs of each. */
final class TwoApplicationsIT extends FaultTest {

    private static final String JOBS_PROPERTY = "goose.it.shared-queue-jobs";
    private static final int JOBS = Integer.getInteger(JOBS_PROPERTY, 10_000);
    private static final int AT_ONCE = 20;
    private static final int MOST_OUTSTANDING = 400;

    private RedisServer server;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
    }

    private Goose application(Object... beans) {
        var builder = Goose.builder()
                .config("goose.broker.main.url", server.url().toString())
                .config("goose.worker.queues", QUEUE)
                .config("goose.worker.threads", "4")
                .config("goose.worker.heartbeat", "PT0.2S")
                .config("goose.unknown.patience", "PT2S");
        for (Object bean : beans) {
            builder.register(bean);
        }
        return later(builder.build());
    }

    /** What ran: how often each job, and how long the one that waited longest had waited. Thread-safe. */
    static class Ran {
        final Map<Integer, Integer> times = new ConcurrentHashMap<>();
        final AtomicLong longestNanos = new AtomicLong();
        final Semaphore outstanding = new Semaphore(MOST_OUTSTANDING);

        void ran(int number, long enqueuedAt) {
            long waited = System.nanoTime() - enqueuedAt;
            longestNanos.accumulateAndGet(waited, Math::max);
            times.merge(number, 1, Integer::sum);
            outstanding.release();
        }
    }

    public static class Mails extends Ran {
        @Job(name = "mail")
        public void mail(int number, long enqueuedAt) {
            ran(number, enqueuedAt);
        }
    }

    public static class Bills extends Ran {
        @Job(name = "bill")
        public void bill(int number, long enqueuedAt) {
            ran(number, enqueuedAt);
        }
    }

    @Test
    @DisplayName("Jobs of two applications on one queue: each runs once, in seconds, none is parked")
    void twoApplicationsShareAQueue_nobodyWaitsForTheOther() {
        Mails mails = new Mails();
        Bills bills = new Bills();
        Goose mailer = application(mails).start();
        Goose biller = application(bills).start();

        Together.run(2, thread -> {
            if (thread == 0) {
                enqueueAsFastAsTheyRun(mailer, "mail", mails);
            } else {
                enqueueAsFastAsTheyRun(biller, "bill", bills);
            }
        });

        for (Ran ran : List.of(mails, bills)) {
            eventually("all have run", () -> ran.times.size() == JOBS);
            assertThat(ran.times.values()).containsOnly(1);
            // Two seconds are what a machine takes that has nothing else to do; one that has stands still for longer.
            assertThat(TimeUnit.NANOSECONDS.toMillis(ran.longestNanos.get()))
                    .as("milliseconds that the last of them waited")
                    .isLessThan(20_000);
        }
        eventually("all are settled", () -> mailer.admin().stats(QUEUE).running() == 0);
        var left = mailer.admin().stats(QUEUE);
        assertThat(List.of(left.waiting(), left.scheduled(), left.parked(), left.dead()))
                .containsOnly(0L);
    }

    /** Keeps so many jobs on their way and no more, so that the workers keep up whatever the machine. */
    private static void enqueueAsFastAsTheyRun(Goose goose, String handler, Ran ran) throws InterruptedException {
        for (int from = 0; from < JOBS; from += AT_ONCE) {
            assertThat(ran.outstanding.tryAcquire(AT_ONCE, 60, TimeUnit.SECONDS))
                    .as("jobs go on running")
                    .isTrue();
            List<JobCall> calls = new ArrayList<>();
            for (int number = from; number < Math.min(JOBS, from + AT_ONCE); number++) {
                calls.add(JobCall.of(handler, number, System.nanoTime()));
            }
            goose.client().with(options -> options.queue(QUEUE)).performAll(calls);
        }
    }

    /** Version 1 knows a job that version 2 no longer has. */
    public static class Old {
        final Set<Integer> ran = ConcurrentHashMap.newKeySet();

        @Job(name = "old")
        public void old(int number) {
            ran.add(number);
        }
    }

    public static class Kept {
        final Map<Integer, Integer> times = new ConcurrentHashMap<>();

        @Job(name = "kept")
        public void kept(int number) {
            times.merge(number, 1, Integer::sum);
        }
    }

    /** Version 2 has a job that version 1 does not know. */
    public static class Fresh {
        final Set<Integer> ran = ConcurrentHashMap.newKeySet();

        @Job(name = "fresh")
        public void fresh(int number) {
            ran.add(number);
        }
    }

    @Test
    @DisplayName("A rolling deploy with new and removed jobs: nothing is lost, nothing parked that a live worker knows")
    void aRollingDeploy_losesNothing_andParksOnlyWhatNobodyKnows() {
        Old old = new Old();
        Kept kept = new Kept();
        Fresh fresh = new Fresh();
        Goose firstOfV1 = application(old, kept).start();
        Goose secondOfV1 = application(old, kept).start();
        send(firstOfV1, "old", 0, 100);
        send(firstOfV1, "kept", 0, 100);

        Goose firstOfV2 = application(kept, fresh).start();
        send(firstOfV2, "fresh", 0, 100);
        send(secondOfV1, "old", 100, 200);
        firstOfV1.close();
        send(firstOfV2, "fresh", 100, 200);
        send(secondOfV1, "old", 200, 300);
        send(secondOfV1, "kept", 100, 200);
        eventually(
                "version 1 runs its jobs and version 2 its own, while both are there",
                () -> old.ran.size() == 300 && fresh.ran.size() == 200 && kept.times.size() == 200);
        assertThat(firstOfV2.admin().stats(QUEUE).parked()).isZero();

        Goose secondOfV2 = application(kept, fresh).start();
        Goose producer = application(old, kept, fresh); // not started: it only enqueues
        secondOfV1.close();
        send(producer, "old", 300, 350); // too late: nobody has this job any more
        send(producer, "kept", 200, 300);
        send(producer, "fresh", 200, 300);
        eventually("what version 2 knows has run", () -> fresh.ran.size() == 300 && kept.times.size() == 300);
        eventually(
                "what nobody knows is parked",
                () -> producer.admin().stats(QUEUE).parked() == 50);
        assertThat(producer.admin().list(QUEUE, Place.PARKED, 0, 100))
                .extracting(StoredJob::note)
                .allSatisfy(note -> assertThat(note).contains("old"));
        assertThat(old.ran).hasSize(300);

        Goose backToV1 = application(old, kept).start();
        eventually("the parked jobs come back by themselves", () -> old.ran.size() == 350);
        eventually("all are settled", () -> backToV1.admin().stats(QUEUE).running() == 0);
        assertThat(kept.times.values()).containsOnly(1);
        assertThat(secondOfV2.admin().stats(QUEUE).parked()).isZero();
        assertThat(secondOfV2.admin().stats(QUEUE).dead()).isZero();
    }

    private static void send(Goose goose, String handler, int from, int to) {
        List<JobCall> calls = new ArrayList<>();
        for (int number = from; number < to; number++) {
            calls.add(JobCall.of(handler, number));
        }
        goose.client().with(options -> options.queue(QUEUE)).performAll(calls);
    }
}
