package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.it.server.RabbitNode;
import io.goose.se.Goose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers that are killed, and a RabbitMQ that dies, closes connections and runs out of memory, under load. */
class RabbitOutagesIT extends RabbitChaosBase {

    private static RabbitCluster rabbit;

    private RabbitNode node;
    private Goose client;

    @BeforeAll
    static void startRabbit() {
        rabbit = RabbitMq.start();
    }

    @AfterAll
    static void endRabbit() {
        rabbit.close();
    }

    @BeforeEach
    void connect() {
        node = rabbit.node();
        broker = broker(rabbit);
        client = client(broker);
    }

    @Test
    @Tag("chaos")
    @DisplayName("workers killed under load and connections closed by the operator: no job is lost")
    void workersAreKilledAndConnectionsClosed_noJobIsLost() throws Exception {
        List<WorkerJvm> mortal = workersWithQueues(client, node, 3);
        WorkerJvm steady = mortal.remove(0);
        load(client, RABBIT_JOBS / 2);
        Producers producers = producers(client);
        Random random = new Random(1);
        Set<String> dead = new HashSet<>();
        int closings = 0;
        for (int kill = 1; kill <= FAULTS; kill++) {
            int goal = goal(kill);
            List<WorkerJvm> victims = new ArrayList<>();
            await("kill " + kill + " has a victim that works", ALL, () -> {
                keepBusy(client);
                victims.clear();
                for (WorkerJvm one : mortal) {
                    if (runs.by(one, ChaosEngine.DONE) >= THREADS) {
                        victims.add(one);
                    }
                }
                return !victims.isEmpty() && runs.jobs(ChaosEngine.DONE) >= goal;
            });
            WorkerJvm victim = victims.get(random.nextInt(victims.size()));
            victim.kill();
            dead.add(victim.name());
            mortal.set(mortal.indexOf(victim), worker(broker));
            if (kill % 2 == 1) {
                closings++;
                node.control("close_all_connections", "for a test");
                awaitWork(List.of(steady), producers);
            }
        }
        producers.end(RABBIT_JOBS, ALL);
        int replayed = awaitDoneOrReplayed(client);
        List<WorkerJvm> alive = new ArrayList<>(mortal);
        alive.add(steady);
        awaitNothingLeft(node, alive);
        report(
                "rabbitmq, killed workers",
                "%d jobs, %d kills, connections closed %d times; lost 0, buried as poison and replayed %d; %s"
                        .formatted(
                                jobs.get(),
                                dead.size(),
                                closings,
                                replayed,
                                explained(producers, dead, closings * alive.size())));
        assertKindsWereObeyed();
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
    }

    /** How many jobs are to be done before a fault, so that the last one comes when there is still work. */
    private static int goal(int fault) {
        return Math.toIntExact((long) RABBIT_JOBS * fault / (FAULTS + 2));
    }

    @Test
    @Tag("chaos")
    @DisplayName("a node killed and started again, and short of memory, under load: nothing that was confirmed is lost")
    void nodeIsKilledAndRunsOutOfMemory_nothingIsLost() throws Exception {
        List<WorkerJvm> workers = workersWithQueues(client, node, 2);
        load(client, RABBIT_JOBS / 2);
        Producers producers = producers(client);
        for (int fault = 1; fault <= FAULTS; fault++) {
            int goal = goal(fault);
            await("jobs are done", ALL, () -> {
                keepBusy(client);
                return runs.jobs(ChaosEngine.DONE) >= goal;
            });
            awaitWork(workers, producers);
            killAndStart(workers);
            awaitWork(workers, producers);
            runOutOfMemory(workers, producers);
        }
        producers.end(RABBIT_JOBS, ALL);
        int replayed = awaitDoneOrReplayed(client);
        awaitNothingLeft(node, workers);
        report(
                "rabbitmq, killed node",
                "%d jobs, %d kills of the node, %d memory alarms; lost 0, buried as poison and replayed %d, refused %d times; %s"
                        .formatted(
                                jobs.get(),
                                FAULTS,
                                FAULTS,
                                replayed,
                                producers.refusals(),
                                explained(producers, Set.of(), FAULTS * workers.size())));
        assertKindsWereObeyed();
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
    }

    private void killAndStart(List<WorkerJvm> workers) throws Exception {
        Map<WorkerJvm, Integer> before = new HashMap<>();
        for (WorkerJvm worker : workers) {
            before.put(worker, failures(worker));
        }
        node.kill();
        await("both workers miss it", SOON, () -> {
            boolean missed = true;
            for (WorkerJvm worker : workers) {
                missed &= failures(worker) > before.get(worker);
            }
            return missed;
        });
        node.start();
    }

    private static int failures(WorkerJvm worker) throws IOException {
        return worker.said(LOOP_FAILED).size();
    }

    /** While it lasts, nobody enqueues, and the workers do what waits. */
    private void runOutOfMemory(List<WorkerJvm> workers, Producers producers) throws Exception {
        int refusals = producers.refusals();
        keepBusy(client);
        node.control("set_vm_memory_high_watermark", "0.00001");
        try {
            awaitRuns("producers are refused, and workers go on", workers, () -> producers.refusals() > refusals);
        } finally {
            node.control("set_vm_memory_high_watermark", "0.4");
        }
        awaitWork(workers, producers);
    }
}
