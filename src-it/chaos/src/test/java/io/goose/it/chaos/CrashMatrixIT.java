package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.QueueNames;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process with a transaction manager dies at each step of enqueuing in transactions, of the relay, and of jobs that are
 * transactions. Another process comes up afterwards: then each job of a transaction that has committed runs once, and none of
 * the others, and the work of each job that is a transaction is done once.
 */
class CrashMatrixIT extends TransactionsBase {

    private static final int CRASHES = Integer.getInteger("chaos.crashes", 1);

    /** The n-th time counts, with n one of so many from the fourth on, so that something has happened before. */
    private static final int TIMES = 7;

    /** Longer than the relay leaves an outbox unlooked at, and until the jobs of a dead worker are free. */
    private static final Duration BOUND = TransactionJvm.LEASE.plusSeconds(40);

    /** So many that the step comes often enough. */
    private static final int WHOLE_JOBS = 40;

    private final Set<String> whole = new HashSet<>();

    private RedisServer redis;
    private FaultyProxy proxy;

    @BeforeAll
    void startRedis() {
        redis = Redis.version("7.0").server().start();
        proxy = FaultyProxy.inFrontOf(redis);
    }

    @AfterAll
    void stopRedis() {
        proxy.close();
        redis.close();
    }

    @ParameterizedTest
    @EnumSource(CrashStep.class)
    void processDies_whatWasCommittedRunsOnceAndNothingElse(CrashStep step) throws Exception {
        int before = ran.size();
        for (int crash = 0; crash < CRASHES; crash++) {
            if (step.way == Way.COMPLETE) {
                enqueueWhole();
            }
            crash(step, crash);
            try (Goose heir = step.way.worker(source, redis.url().toString(), this::noteRun)) {
                heir.start();
                awaitNothingLeft(heir, step.way, BOUND);
            }
            assertCommittedJobsRanOnce();
            assertThat(Business.effects(source)).containsExactlyInAnyOrderElementsOf(whole);
        }
        assertThat(ran.size()).as("jobs run").isGreaterThan(before);
        report(
                "crash matrix",
                step + ": %d crashes, %d jobs, lost 0, ghosts 0, twice 0".formatted(CRASHES, ran.size() - before));
    }

    private void enqueueWhole() {
        try (Goose client = Way.COMPLETE.client(source, redis.url().toString())) {
            for (int number = 0; number < WHOLE_JOBS; number++) {
                JobCall call = JobCall.of(Way.WHOLE, number);
                whole.add(client.client()
                        .with(options -> options.queue(Way.WHOLE))
                        .performAsync(call)
                        .value());
            }
        }
    }

    private void crash(CrashStep step, int crash) throws Exception {
        int number = 4 + (step.name().length() + crash) % TIMES;
        boolean held = step == CrashStep.RELAY_SENT_AND_NOT_ANSWERED;
        try (TransactionJvm mortal = new TransactionJvm(
                folder.resolve("mortal-" + crash + ".log"),
                database,
                "redis://" + proxy.host() + ":" + proxy.port(),
                step,
                number,
                held ? TransactionProcess.HOLD : TransactionProcess.HALT)) {
            if (held) {
                loseTheAnswer(step, mortal);
            } else {
                mortal.awaitDeath();
            }
        }
        proxy.normal();
        await(
                "the database has noticed",
                BOUND,
                () -> number("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '" + TransactionJvm.NAME
                                + "'")
                        == 0);
    }

    /** Redis gets the jobs, and the process, which waits for the answer, is killed. */
    private void loseTheAnswer(CrashStep step, TransactionJvm mortal) throws Exception {
        await("the process is at the step", BOUND, () -> mortal.said(TransactionProcess.HELD));
        try (Goose observer = step.way.client(source, redis.url().toString())) {
            long had = observer.admin().stats(QueueNames.DEFAULT).waiting();
            assertThat(inOutbox()).as("jobs that are taken and not sent").isPositive();
            proxy.blackholeReplies();
            mortal.release();
            await(
                    "Redis has the jobs",
                    BOUND,
                    () -> observer.admin().stats(QueueNames.DEFAULT).waiting() > had);
            assertThat(inOutbox()).as("jobs that are still in the outbox").isPositive();
            mortal.kill();
        }
    }
}
