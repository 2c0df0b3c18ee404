package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.broker.redis.RedisFault.Kind;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends jobs with the published script, on the caller's thread: one call for each queue, the calls of a round pipelined. A call
 * that was not answered is repeated with its number, so that it is answered and not carried out twice. Thread-safe.
 */
final class Sender {

    private static final int MOST_BYTES = 1 << 20;

    /** Of the connections to a server so many at most are left to claims, settles and beats when all senders are busy. */
    private static final int KEPT_BACK = 4;

    private static final byte[] NOTHING = new byte[0];

    private final Exchange exchange;
    private final Registry registry;
    private final Records records;
    private final UniqueSends.Asking asking;
    private final byte[] wakePrefix;
    private final byte[] retentionMillis;
    private final long patienceNanos;
    private final LinkedBlockingDeque<Producer> producers = new LinkedBlockingDeque<>();

    /** Sends one call at a time to a queue, so that the last number is all that the server must remember of it. */
    private static final class Producer {
        private final String id;
        private long number; // of whoever took it from the queue of producers

        private Producer(String id) {
            this.id = id;
        }
    }

    /**
     * @param asking finds out what a queue does not know of unique jobs
     */
    Sender(RedisParts parts, RedisSettings settings, UniqueSends.Asking asking) {
        this.exchange = parts.exchange();
        this.registry = parts.registry();
        this.records = parts.records();
        this.asking = asking;
        Duration retention = parts.settings().dedupeRetention();
        this.wakePrefix = QueueKeys.bytes(registry.wakePrefix());
        this.retentionMillis = QueueKeys.bytes(retention.toMillis());
        this.patienceNanos = settings.sendTimeout().toNanos();
        String self = UUID.randomUUID().toString();
        int keptBack = Math.max(1, Math.min(KEPT_BACK, settings.poolMax() / 4));
        for (int i = 0; i < settings.poolMax() - keptBack; i++) {
            producers.add(new Producer(self + '.' + i));
        }
    }

    /** Sends jobs; one result for each, in order. */
    List<SendResult> send(List<QueuedJob> jobs) {
        // The jobs may be those of many callers: that one of them was interrupted before is no reason not to send them.
        boolean interrupted = Thread.interrupted();
        try {
            return sendAll(jobs);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<SendResult> sendAll(List<QueuedJob> jobs) {
        SendResult[] results = new SendResult[jobs.size()];
        Map<String, Deque<Integer>> byQueue = new LinkedHashMap<>();
        for (int i = 0; i < results.length; i++) {
            QueuedJob job = jobs.get(i);
            Optional<String> problem = QueueNames.problem(job.queue());
            if (problem.isPresent()) {
                results[i] = new SendResult.Rejected(
                        "GOOSE-3001",
                        "GOOSE-3001: cannot enqueue job " + job.id() + " to queue '" + job.queue() + "': "
                                + problem.get());
            } else {
                byQueue.computeIfAbsent(job.queue(), queue -> new ArrayDeque<>())
                        .add(i);
            }
        }
        if (!byQueue.isEmpty()) {
            send(jobs, byQueue, results);
        }
        return List.of(results);
    }

    private void send(List<QueuedJob> jobs, Map<String, Deque<Integer>> byQueue, SendResult[] results) {
        Producer producer;
        try {
            producer = producers.pollFirst(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            unsent(byQueue, results, new RedisFault(Kind.UNREACHABLE, "interrupted before it was sent", interrupted));
            return;
        }
        if (producer == null) {
            unsent(byQueue, results, new RedisFault(Kind.UNREACHABLE, "all connections are busy", null));
            return;
        }
        UniqueSends uniques = new UniqueSends(jobs, results, asking);
        try {
            RedisFault unknownQueues = note(byQueue.keySet());
            if (unknownQueues != null) {
                unsent(byQueue, results, unknownQueues);
                return;
            }
            while (byQueue.values().stream().anyMatch(left -> !left.isEmpty())) {
                List<Part> parts = new ArrayList<>();
                for (Map.Entry<String, Deque<Integer>> entry : byQueue.entrySet()) {
                    if (!entry.getValue().isEmpty()) {
                        parts.add(next(jobs, entry.getKey(), entry.getValue(), producer, uniques, results));
                    }
                }
                deliver(parts, results);
                uniques.askAgain(byQueue);
            }
        } finally {
            producers.addFirst(producer);
        }
    }

    /** Has the queues noted, again while the server does not do it now. */
    private @Nullable RedisFault note(Set<String> queues) {
        long started = System.nanoTime();
        for (int round = 1; ; round++) {
            RedisFault fault = registry.note(queues);
            if (fault == null
                    || fault.kind() != Kind.NOT_NOW
                    || System.nanoTime() - started > patienceNanos
                    || Thread.currentThread().isInterrupted()) {
                return fault;
            }
            pause(round);
        }
    }

    private void unsent(Map<String, Deque<Integer>> byQueue, SendResult[] results, RedisFault fault) {
        SendResult result = new SendResult.Unknown(false, exchange.exception("enqueue", fault));
        byQueue.values().forEach(left -> left.forEach(i -> results[i] = result));
    }

    /**
     * Some jobs of one queue, as many as one call takes.
     *
     * @param answered takes what came back, if it is as durable as it is to be
     */
    private record Part(Call call, List<Integer> jobs, Consumer<Answer> answered) {}

    private Part next(
            List<QueuedJob> jobs,
            String queue,
            Deque<Integer> left,
            Producer producer,
            UniqueSends uniques,
            SendResult[] results) {
        QueueKeys keys = registry.keys(queue);
        if (jobs.get(left.element()).unique() != null) {
            List<Integer> taken = uniques.take(left);
            Call call = uniques.call(keys, taken, keys.sent(producer.id), header(keys, producer), records);
            return new Part(call, taken, answer -> uniques.answered(keys, taken, answer));
        }
        if (left.size() == 1 && isUsual(jobs.get(left.element()))) {
            return one(jobs, keys, left.remove(), producer, results);
        }
        List<byte[]> arguments = new ArrayList<>(4 + 6 * left.size());
        arguments.addAll(header(keys, producer));
        List<Integer> taken = new ArrayList<>(left.size());
        long bytes = 0;
        for (Integer i = left.peek(); i != null && jobs.get(i).unique() == null; i = left.peek()) {
            QueuedJob job = jobs.get(i);
            bytes += job.envelope().size();
            if (!taken.isEmpty() && bytes > MOST_BYTES) {
                break;
            }
            add(arguments, records, job, job.marked() || job.state().moves() > 0);
            taken.add(left.remove());
        }
        Call call = Call.script(Script.ENQUEUE, keys, keys.of(Script.ENQUEUE, keys.sent(producer.id)), arguments);
        return new Part(call.durably(), taken, answer -> answered(jobs, taken, answer.bytes(), results));
    }

    private List<byte[]> header(QueueKeys keys, Producer producer) {
        return List.of(wakePrefix, keys.queueBytes, QueueKeys.bytes(++producer.number), retentionMillis);
    }

    /** Whether this is what nearly all calls enqueue: a new job that goes behind the others. */
    private static boolean isUsual(QueuedJob job) {
        return !job.marked() && job.state().isFresh();
    }

    private static Part one(
            List<QueuedJob> jobs, QueueKeys keys, Integer index, Producer producer, SendResult[] results) {
        QueuedJob job = jobs.get(index);
        Call call = Call.script(
                Script.ENQUEUE_ONE,
                keys,
                keys.of(Script.ENQUEUE_ONE, keys.sent(producer.id)),
                List.of(
                        QueueKeys.bytes(++producer.number),
                        QueueKeys.bytes(job.id().value()),
                        job.envelope().bytes()));
        List<Integer> taken = List.of(index);
        return new Part(call.durably(), taken, answer -> answered(jobs, taken, answer.bytes(), results));
    }

    /** The six arguments of one job. */
    static void add(List<byte[]> arguments, Records records, QueuedJob job, boolean marked) {
        DeliveryState state = job.state();
        arguments.add(QueueKeys.bytes(job.id().value()));
        arguments.add(QueueKeys.bytes(state.lane() == Lane.BACK ? "b" : "f"));
        arguments.add(QueueKeys.bytes(
                state.notBefore() == null ? 0 : state.notBefore().toEpochMilli()));
        arguments.add(marked ? QueueKeys.bytes(state.moves()) : NOTHING);
        arguments.add(records.encode(state));
        arguments.add(job.envelope().bytes());
    }

    /** Repeats what was not answered, or was refused for now, until the patience ends. */
    private void deliver(List<Part> parts, SendResult[] results) {
        List<Part> left = parts;
        boolean[] maybeDone = new boolean[results.length];
        long started = System.nanoTime();
        for (int round = 1; !left.isEmpty(); round++) {
            List<Answer> answers = exchange.run(left.stream().map(Part::call).toList());
            boolean late = System.nanoTime() - started > patienceNanos;
            List<Part> again = new ArrayList<>();
            for (int p = 0; p < answers.size(); p++) {
                Part part = left.get(p);
                Answer answer = answers.get(p);
                RedisFault fault = answer.fault();
                String shortfall = answer.shortfall();
                if (fault == null && shortfall == null) {
                    part.answered.accept(answer);
                    continue;
                }
                if (fault == null) {
                    RedisFault weak = new RedisFault(Kind.UNANSWERED, String.valueOf(shortfall), null);
                    SendResult unknown = new SendResult.Unknown(true, exchange.exception("enqueue", weak));
                    part.jobs.forEach(i -> results[i] = unknown);
                    continue;
                }
                boolean sent = fault.maybeDone() || maybeDone[part.jobs.get(0)];
                part.jobs.forEach(i -> maybeDone[i] = sent);
                if (isWorthRepeating(fault, sent)
                        && !late
                        && !Thread.currentThread().isInterrupted()) {
                    again.add(part);
                } else {
                    SendResult unknown = new SendResult.Unknown(sent, exchange.exception("enqueue", fault));
                    part.jobs.forEach(i -> results[i] = unknown);
                }
            }
            left = again;
            if (!left.isEmpty()) {
                pause(round);
            }
        }
    }

    /** A refusal is one again: what a script that failed midway has done already would be done twice. */
    static boolean isWorthRepeating(RedisFault fault, boolean sent) {
        return switch (fault.kind()) {
            case UNANSWERED, NOT_NOW -> true;
            case UNREACHABLE -> sent;
            case FULL, REFUSED, WRONG -> false;
        };
    }

    /** Waits before the next of several attempts; an interrupt ends the wait and is left for the caller to see. */
    static void pause(int round) {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(500, 20L << Math.min(round, 6)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the next round is the last
        }
    }

    private static void answered(List<QueuedJob> jobs, List<Integer> taken, byte[] letters, SendResult[] results) {
        for (int n = 0; n < letters.length; n++) {
            int i = taken.get(n);
            results[i] = letters[n] == 'A'
                    ? SendResult.Accepted.INSTANCE
                    : new SendResult.Exists(jobs.get(i).id());
        }
    }
}
