package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.QueueNames;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.it.server.RabbitNode;
import io.goose.se.Goose;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three nodes of RabbitMQ, the one that leads a queue being killed under load. */
@Tag("chaos")
class RabbitClusterIT extends RabbitChaosBase {

    private RabbitCluster rabbit;

    @Test
    @DisplayName("the node that leads a quorum queue is killed under load: no confirmed job is lost, all go on")
    void leadersNodeIsKilledAndComesBack_noConfirmedJobIsLost() throws Exception {
        rabbit = closeLater(RabbitMq.cluster(3));
        broker = broker(rabbit);
        Goose client = client(broker);
        List<WorkerJvm> workers = workersWithQueues(client, rabbit.node(), 2);
        load(client, RABBIT_JOBS / 2);
        Producers producers = producers(client);
        Set<String> killed = new TreeSet<>();
        for (int kill = 1; kill <= FAULTS; kill++) {
            int goal = Math.toIntExact((long) RABBIT_JOBS * kill / (FAULTS + 2));
            await("jobs are done", ALL, () -> {
                keepBusy(client);
                return runs.jobs(ChaosEngine.DONE) >= goal;
            });
            RabbitNode leader = leader(rabbit.nodes()).orElseThrow();
            leader.kill();
            killed.add(leader.name());
            List<RabbitNode> others =
                    rabbit.nodes().stream().filter(node -> node != leader).toList();
            awaitNode(
                    "another node leads",
                    () -> leader(others).filter(others::contains).isPresent());
            awaitWork(workers, producers);
            leader.start();
            awaitNode(
                    "all nodes have the queue",
                    () -> online(rabbit.node()) == rabbit.nodes().size());
            awaitWork(workers, producers);
        }
        producers.end(RABBIT_JOBS, ALL);
        int replayed = awaitDoneOrReplayed(client);
        awaitNothingLeft(rabbit.node(), workers);
        report(
                "rabbitmq, killed leaders",
                "%d jobs, 3 nodes, %d kills of the leader (%s); lost 0, buried as poison and replayed %d, refused %d times; %s"
                        .formatted(
                                jobs.get(),
                                FAULTS,
                                String.join(", ", killed),
                                replayed,
                                producers.refusals(),
                                explained(producers, Set.of(), FAULTS * workers.size())));
        assertKindsWereObeyed();
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
    }

    /** The node that leads the queue where new jobs wait, as these nodes see it. */
    private Optional<RabbitNode> leader(List<RabbitNode> asked) {
        return row(asked.get(0), "leader").flatMap(name -> rabbit.nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst());
    }

    /** How many nodes have the queue, and are there. */
    private int online(RabbitNode asked) {
        return row(asked, "online").map(names -> names.split(",").length).orElse(0);
    }

    private Optional<String> row(RabbitNode asked, String column) {
        String queue = physical(QueueNames.DEFAULT) + "\t";
        return asked.control("list_queues", "name", column, "--no-table-headers")
                .lines()
                .filter(line -> line.startsWith(queue))
                .map(line -> line.substring(queue.length()).strip())
                .findFirst();
    }
}
