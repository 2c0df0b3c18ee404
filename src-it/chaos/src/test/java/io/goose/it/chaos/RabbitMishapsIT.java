package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.QueueNames;
import io.goose.it.server.CuttingProxy;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.it.server.RabbitNode;
import io.goose.se.Goose;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes wrong under load although every process lives: channels, confirmations, queues, and the time that RabbitMQ gives a delivery. */
@Tag("chaos")
class RabbitMishapsIT extends RabbitChaosBase {

    private static final int CONSUMER_SECONDS = 30; // a worker looks at each beat, every 5 s
    private static final Pattern KEPT_APART = Pattern.compile("GOOSE-3095: job (\\S+)");

    private static RabbitCluster rabbit;

    private RabbitNode node;
    private Goose client;

    @BeforeAll
    static void startRabbit() {
        rabbit = RabbitMq.start(
                "consumer_timeout = " + TimeUnit.SECONDS.toMillis(CONSUMER_SECONDS)); // 30 minutes by default
        // How often RabbitMQ looks; once a minute by default.
        rabbit.node().control("eval", "application:set_env(rabbit, channel_tick_interval, 1000).");
    }

    @AfterAll
    static void endRabbit() {
        rabbit.close();
    }

    @BeforeEach
    void connect() {
        node = rabbit.node();
        broker = new HashMap<>(broker(rabbit));
        broker.put("consumer-timeout", "PT" + CONSUMER_SECONDS + "S");
        client = client(broker);
    }

    @Test
    @DisplayName("all channels closed for an error of precondition, again and again, under load: no job is lost")
    void channelsAreClosedForAnError_noJobIsLost() throws Exception {
        List<WorkerJvm> workers = workersWithQueues(client, node, 2);
        load(client, RABBIT_JOBS / 2);
        Producers producers = producers(client);
        for (int fault = 1; fault <= FAULTS; fault++) {
            awaitDoneBefore(fault);
            // As if each had acknowledged what was never delivered to it.
            node.control(
                    "eval", "[rabbit_channel:do(C, {'basic.ack', 999999999, false}) || C <- rabbit_channel:list()].");
            awaitWork(workers, producers);
        }
        endAndReport("rabbitmq, channels closed for an error", workers, producers, FAULTS * workers.size());
    }

    @Test
    @DisplayName("confirmations lost, again and again, under load: no job is lost, and those in doubt may run twice")
    void confirmationsAreLost_noJobIsLost() throws Exception {
        List<WorkerJvm> workers = workersWithQueues(client, node, 2);
        try (CuttingProxy proxy = new CuttingProxy(node)) {
            Map<String, String> through = new HashMap<>(broker);
            through.put("nodes", node.host() + ":" + proxy.port());
            Producers producers = producers(client(through));
            for (int fault = 1; fault <= FAULTS; fault++) {
                awaitDoneBefore(fault);
                awaitWork(workers, producers);
                proxy.keepReplies();
                await(
                        "a job runs that its producer does not know to be enqueued",
                        SOON,
                        () -> producers.underWay().stream().anyMatch(runs.numbers(ChaosEngine.BEGAN)::contains));
                proxy.cut();
                awaitWork(workers, producers);
            }
            endAndReport("rabbitmq, lost confirmations", workers, producers, 0);
        }
    }

    @Test
    @DisplayName(
            "jobs that run for longer than RabbitMQ lets a delivery be open, with full buffers behind them: each runs once")
    void jobsOutlastTheConsumerTimeout_eachRunsOnce() throws Exception {
        List<WorkerJvm> workers = workersWithQueues(client, node, 2);
        int held = workers.size() * THREADS;
        load(client, RABBIT_JOBS / 2); // so that all is under way, and much is fetched ahead
        for (int i = 0; i < held; i++) {
            enqueueHeld(client.client(), i);
        }
        load(client, RABBIT_JOBS / 2);
        await("every thread is held", ALL, () -> runs.jobs(ChaosEngine.HELD_BEGAN) == held);
        await("all of them are kept apart", SOON, () -> {
            int kept = 0;
            for (WorkerJvm worker : workers) {
                kept += worker.said(KEPT_APART).size();
            }
            return kept >= held;
        });
        TimeUnit.SECONDS.sleep(2 * CONSUMER_SECONDS); // there is nothing to see while RabbitMQ finds nothing to close
        release();
        await("the held jobs are done", ALL, () -> runs.jobs(ChaosEngine.HELD_DONE) == held);
        int replayed = awaitDoneOrReplayed(client);
        awaitNothingLeft(node, workers);
        assertThat(runs.total(ChaosEngine.HELD_BEGAN)).as("begun, long jobs").isEqualTo(held);
        assertThat(replayed).isZero();
        assertThat(repeatedJobs()).isEmpty();
        report(
                "rabbitmq, long jobs",
                "%d jobs, %d of them held for more than twice the consumer timeout of %d s on all %d threads; lost 0, run again 0"
                        .formatted(jobs.get() + held, held, CONSUMER_SECONDS, held));
        assertKindsWereObeyed();
    }

    @Test
    @DisplayName("a queue deleted while its jobs run and nothing waits in it: it is made again, and no job is lost")
    void aQueueIsDeletedInUse_noJobIsLost() throws Exception {
        List<WorkerJvm> workers = workersWithQueues(client, node, 2);
        int held = workers.size() * THREADS;
        for (int i = 0; i < held; i++) {
            enqueueHeld(client.client(), i);
        }
        await("every thread is held", ALL, () -> runs.jobs(ChaosEngine.HELD_BEGAN) == held);
        for (String lane : List.of("", ":front")) {
            node.control("delete_queue", physical(QueueNames.DEFAULT + lane));
        }
        Producers producers = producers(client);
        await("producers go on", SOON, () -> {
            producers.mustWork();
            return producers.acknowledged() > THREADS;
        });
        release();
        awaitWork(workers, producers);
        await("the held jobs are done", ALL, () -> runs.jobs(ChaosEngine.HELD_DONE) == held);
        endAndReport("rabbitmq, queue deleted in use", workers, producers, 0);
        assertThat(runs.total(ChaosEngine.HELD_BEGAN)).as("begun, held jobs").isEqualTo(held);
    }

    /** Waits until so many jobs are done that the last fault comes when there is still work. */
    private void awaitDoneBefore(int fault) throws Exception {
        int goal = Math.toIntExact((long) RABBIT_JOBS * fault / (FAULTS + 2));
        await("jobs are done", ALL, () -> {
            keepBusy(client);
            return runs.jobs(ChaosEngine.DONE) >= goal;
        });
    }

    private void endAndReport(String test, List<WorkerJvm> workers, Producers producers, int outages) throws Exception {
        producers.end(RABBIT_JOBS, ALL);
        int replayed = awaitDoneOrReplayed(client);
        awaitNothingLeft(node, workers);
        report(
                test,
                "%d jobs, %d faults; lost 0, buried as poison and replayed %d; %s"
                        .formatted(jobs.get(), FAULTS, replayed, explained(producers, Set.of(), outages)));
        assertKindsWereObeyed();
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
    }
}
