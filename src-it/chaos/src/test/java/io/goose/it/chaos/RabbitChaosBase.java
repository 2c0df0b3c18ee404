package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.it.chaos.Runs.Note;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitNode;
import io.goose.it.server.ServerUnavailableException;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.se.Goose;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;

/** What the crash tests on RabbitMQ alone, with quorum queues, share: no ledger knows which job has run. */
@Timeout(60 * 60)
abstract class RabbitChaosBase extends ChaosBase {

    static final int RABBIT_JOBS = Integer.getInteger("chaos.rabbit.jobs", 2_000);
    static final int FAULTS = Integer.getInteger("chaos.rabbit.faults", 1);

    /** What a worker has in its hands at most: running, fetched ahead on each lane, ended and not yet acknowledged. */
    static final int IN_HAND = THREADS + 2 * 250 + UNWRITTEN;

    static final Duration SOON = Duration.ofSeconds(60);

    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    /** Queues of what is no job: the names of the queues, and who ran suspects. */
    private static final Set<String> NOTES = Set.of("::queues", "::runners");

    private static final Pattern SIZE = Pattern.compile("(\\S+)\\s+(\\d+)");
    private static final int BACKLOG = 300;
    private static final int PIECE = 400;
    private static final int PAUSE_MILLIS = 50;

    private final Set<Integer> sentAgain = new TreeSet<>(); // in pieces
    private final String namespace = "chaos" + NAMESPACES.incrementAndGet();

    /** How to reach all nodes of a cluster, in a namespace of this test. */
    Map<String, String> broker(RabbitCluster rabbit) {
        return Map.of(
                "goose.namespace",
                namespace,
                "kind",
                "rabbitmq",
                "nodes",
                rabbit.nodes().stream()
                        .map(node -> node.host() + ":" + node.port())
                        .collect(Collectors.joining(",")),
                "send-timeout",
                "PT3S");
    }

    /** What RabbitMQ calls a queue of this test. */
    String physical(String rest) {
        return namespace + ":" + rest;
    }

    /** Workers that have made every queue there is to be, the ladder's too, each of which is on the disk. */
    List<WorkerJvm> workersWithQueues(Goose client, RabbitNode node, int count) throws Exception {
        List<WorkerJvm> workers = workers(broker, count);
        load(client, 20); // one of each kind
        awaitDone();
        node.control("eval", "mnesia:sync_log()."); // what is known of queues goes there later than messages do
        return workers;
    }

    /** See {@link #broker(RabbitCluster)}; set by each test. */
    Map<String, String> broker = Map.of();

    /** Sees to it that there is work, so that a fault hits workers at work however quick they are. */
    void keepBusy(Goose client) throws InterruptedException {
        if (ready(client) < BACKLOG) {
            load(client, PIECE);
        }
    }

    /** Enqueues more counted jobs of all kinds, with the patience of an application that wants them done. */
    void load(Goose client, int count) throws InterruptedException {
        int from = jobs.getAndAdd(count);
        for (Kind kind : Kind.values()) {
            insist(
                    client,
                    kind,
                    IntStream.range(from, from + count)
                            .filter(number -> Kind.of(number) == kind)
                            .boxed()
                            .toList());
        }
    }

    /** Enqueues jobs of one kind; all of them again if the broker did not take each for certain. */
    private void insist(Goose client, Kind kind, List<Integer> numbers) throws InterruptedException {
        GooseClient goose = client.client().with(kind::with);
        List<JobCall> calls = numbers.stream()
                .map(number -> JobCall.of(ChaosEngine.COUNTED, number))
                .toList();
        while (true) {
            try {
                if (kind == Kind.SCHEDULED) {
                    calls.forEach(call -> goose.performIn(Kind.SOON, call));
                } else {
                    goose.performAll(calls);
                }
                return;
            } catch (BrokerUnavailableException | EnqueueOutcomeUnknownException away) {
                sentAgain.addAll(numbers);
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static long ready(Goose client) {
        return queues(client).stream().mapToLong(QueueStats::waiting).sum();
    }

    /**
     * Waits until all counted jobs are done. One that was running each time that a worker lost its connection was buried, as
     * one that kills: nobody knows better here. It is replayed, also if it is the copy of one that is done; returns how many were.
     */
    int awaitDoneOrReplayed(Goose client) throws Exception {
        Set<JobId> replayed = new HashSet<>();
        await("all of " + jobs + " jobs are done, and none is dead", ALL.plusSeconds(RABBIT_JOBS / 100), () -> {
            int before = replayed.size();
            for (String queue : List.of(QueueNames.DEFAULT, Kind.DETOUR)) {
                if (client.admin().stats(queue).dead() > 0) {
                    for (StoredJob dead : client.admin().list(queue, Place.DEAD, 0, 100)) {
                        assertThat(dead.job().state().failures().last())
                                .extracting(Failure::type)
                                .isEqualTo(Failure.POISON);
                        if (client.admin().replay(dead.job().id())) {
                            replayed.add(dead.job().id());
                        }
                    }
                }
            }
            return replayed.size() == before && runs.jobs(ChaosEngine.DONE) == jobs.get();
        });
        return replayed.size();
    }

    /** Ends the workers in order; what they had goes back, and copies that are left would be seen. */
    void awaitNothingLeft(RabbitNode node, List<WorkerJvm> workers) throws Exception {
        awaitEmpty("no message is left", node);
        for (WorkerJvm worker : workers) {
            assertThat(worker.isAlive()).as(worker.name() + " lives").isTrue();
            worker.stop();
        }
        awaitEmpty("no message came back", node);
    }

    private void awaitEmpty(String what, RabbitNode node) throws Exception {
        try {
            await(what, SOON, () -> messages(node) == 0);
        } catch (AssertionError left) {
            throw new AssertionError(
                    node.control("list_queues", "name", "messages_ready", "messages_unacknowledged", "consumers"),
                    left);
        }
    }

    /** How many messages there are, with those that workers have and those on the ladder, without what is no job. */
    private long messages(RabbitNode node) {
        long sum = 0;
        for (String line : node.control("list_queues", "name", "messages", "--no-table-headers")
                .lines()
                .toList()) {
            Matcher queue = SIZE.matcher(line);
            if (queue.matches()
                    && queue.group(1).startsWith(namespace + ":")
                    && !NOTES.contains(queue.group(1).substring(namespace.length()))) {
                sum += Long.parseLong(queue.group(2));
            }
        }
        return sum;
    }

    /** The jobs that came to one end more than once. */
    Set<Integer> repeatedJobs() throws IOException {
        Set<Integer> repeated = new TreeSet<>();
        for (String end : List.of(ChaosEngine.DONE, ChaosEngine.FAILED)) {
            runs.of(end).forEach((number, notes) -> {
                if (notes.size() > 1) {
                    repeated.add(number);
                }
            });
        }
        return repeated;
    }

    /** The jobs that were brought to an end by one of these workers. */
    Set<Integer> endedBy(Set<String> workers) throws IOException {
        Set<Integer> ended = new TreeSet<>();
        for (String end : List.of(ChaosEngine.DONE, ChaosEngine.FAILED)) {
            for (List<Note> notes : runs.of(end).values()) {
                notes.stream()
                        .filter(note -> workers.contains(note.worker()))
                        .forEach(note -> ended.add(note.number()));
            }
        }
        return ended;
    }

    /**
     * Says why jobs ran again, and fails if that is no reason, or if there are more than the reason allows. A job runs again if its
     * producer did not learn that it was taken and sent it again; if a worker died after it had ended the job and before that was
     * acknowledged; or if it was in the hands of a worker whose connection was lost, or which died while it sent the job on to the
     * suspects.
     *
     * @param dead the names of the workers that were killed
     * @param outages how often a worker lost its connections, for all workers together
     */
    String explained(Producers producers, Set<String> dead, int outages) throws IOException {
        Set<Integer> repeated = repeatedJobs();
        int all = repeated.size();
        sentAgain.addAll(producers.unknownNumbers());
        repeated.removeAll(sentAgain);
        int unknown = all - repeated.size();
        repeated.removeAll(endedBy(dead));
        int ended = all - unknown - repeated.size();
        assertThat(ended)
                .as("jobs that ran again after one that died had ended them and not written it")
                .isLessThanOrEqualTo(dead.size() * IN_HAND);
        int atMost = (outages + dead.size()) * IN_HAND;
        assertThat(repeated.size()).as("jobs that ran again after outages").isLessThanOrEqualTo(atMost);
        return "%d jobs ran again: %d sent again of %d whose fate was unknown, %d ended by one that died, %d in hand at %d outages or deaths; %d runs in vain"
                .formatted(all, unknown, sentAgain.size(), ended, repeated.size(), outages + dead.size(), runAgain());
    }

    /** Waits until each of these workers and the producers have done something more. */
    void awaitWork(List<WorkerJvm> workers, Producers producers) throws Exception {
        int acknowledged = producers.acknowledged();
        try {
            awaitRuns("workers and producers go on", workers, () -> {
                producers.mustWork();
                return producers.acknowledged() > acknowledged + THREADS;
            });
        } catch (AssertionError stalled) {
            throw new AssertionError(
                    "producers: %d jobs since, refused %d times, last %s"
                            .formatted(
                                    producers.acknowledged() - acknowledged,
                                    producers.refusals(),
                                    producers.lastFailure()),
                    stalled);
        }
    }

    /** Waits until each of these workers has done some jobs more, and for something else. */
    void awaitRuns(String what, List<WorkerJvm> workers, Callable<Boolean> also) throws Exception {
        Map<WorkerJvm, Long> before = new HashMap<>();
        for (WorkerJvm worker : workers) {
            before.put(worker, runs.by(worker, ChaosEngine.DONE));
        }
        await(what, SOON, () -> {
            boolean met = also.call();
            for (WorkerJvm worker : workers) {
                met &= runs.by(worker, ChaosEngine.DONE) > before.get(worker) + THREADS;
            }
            return met;
        });
    }

    /** Asks an operator's tool, too, which fails while a node is away. */
    static void awaitNode(String what, Callable<Boolean> condition) throws Exception {
        await(what, SOON, () -> {
            try {
                return condition.call();
            } catch (ServerUnavailableException away) {
                return false;
            }
        });
    }
}
