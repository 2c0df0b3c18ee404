package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.redis.RedisFault.Kind;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.SendResult;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The unique jobs of one send. Whether a key is held is decided in the slot of the queue, in the step that enqueues; what that slot
 * cannot know, who has which lease and what is in the queue of the retries, is found out and passed when it asks for it. Confined to
 * the thread that sends.
 */
final class UniqueSends {

    private static final int MOST = 100;
    private static final long MOST_BYTES = 1 << 20;
    private static final int MOST_ROUNDS = 20;
    private static final byte[] NOTHING = new byte[0];

    private final List<QueuedJob> jobs;
    private final SendResult[] results;
    private final Asking asking;
    private final Map<Integer, Hint> hints = new HashMap<>();
    private final List<Integer> again = new ArrayList<>();

    /**
     * How to find out what a slot does not know.
     *
     * @param finder a job of a queue
     */
    record Asking(RedisParts parts, BiFunction<String, JobId, Optional<StoredJob>> finder) {}

    /** A job that may be in the queue of its retries: it is there, if it was, unless it is on its way. */
    record Elsewhere(JobId id, String queue) {
        static Elsewhere of(String idAndQueue) {
            String[] both = idAndQueue.split("\t", 2);
            return new Elsewhere(UniqueSends.id(both[0]), both[1]);
        }

        /** Whether it holds its key there. */
        boolean holds(Scope scope, BiFunction<String, JobId, Optional<StoredJob>> finder) {
            return finder.apply(queue, id)
                    .filter(one -> one.place() != Place.DEAD)
                    .filter(one -> scope == Scope.RUNNING || one.place() != Place.RUNNING)
                    .isPresent();
        }
    }

    /** What was found out for one job. */
    private static final class Hint {
        private int rounds;
        private boolean sessions;
        private byte[] absent = NOTHING;
    }

    /**
     * @param results where the answers go, in the order of the jobs
     */
    UniqueSends(List<QueuedJob> jobs, SendResult[] results, Asking asking) {
        this.jobs = jobs;
        this.results = results;
        this.asking = asking;
    }

    /** Takes the first ones, as many as one call may have. */
    List<Integer> take(Deque<Integer> left) {
        List<Integer> taken = new ArrayList<>();
        long bytes = 0;
        for (Integer i = left.peek(); i != null && jobs.get(i).unique() != null; i = left.peek()) {
            bytes += jobs.get(i).envelope().size();
            if (taken.size() == MOST || (!taken.isEmpty() && bytes > MOST_BYTES)) {
                break;
            }
            taken.add(left.remove());
        }
        return taken;
    }

    /** The call that enqueues them. */
    Call call(QueueKeys keys, List<Integer> taken, byte[] sent, List<byte[]> header, Records records) {
        List<byte[]> sessions = List.of();
        if (taken.stream().anyMatch(i -> hints.containsKey(i) && hints.get(i).sessions)) {
            sessions = RedisWorkers.sessions(asking.parts(), keys);
        }
        List<byte[]> arguments = new ArrayList<>(header);
        arguments.add(QueueKeys.bytes(sessions.size()));
        arguments.addAll(sessions);
        for (int i : taken) {
            add(arguments, records, i);
        }
        List<byte[]> more = new ArrayList<>();
        more.add(sent);
        sessions.forEach(session -> more.add(keys.lease(Records.text(session))));
        return Call.script(Script.UNIQUE_ENQUEUE, keys, keys.of(Script.UNIQUE_ENQUEUE, more), arguments)
                .durably();
    }

    private void add(List<byte[]> arguments, Records records, int index) {
        QueuedJob job = jobs.get(index);
        Hint hint = hints.get(index);
        Sender.add(arguments, records, job, job.marked() || job.state().moves() > 0);
        arguments.addAll(arguments(job, hint == null ? NOTHING : hint.absent));
    }

    /** What is said of the key of a job; the last is an id of which it is known that it is not in the queue of its retries. */
    static List<byte[]> arguments(QueuedJob job, byte[] absent) {
        UniqueKey unique = Objects.requireNonNull(job.unique(), "unique");
        Instant until = unique.until();
        String retries = unique.retryQueue();
        return List.of(
                QueueKeys.bytes(unique.key()),
                QueueKeys.bytes(
                        switch (unique.scope()) {
                            case WAITING -> "w";
                            case RUNNING -> "r";
                            case UNTIL -> "u";
                        }),
                QueueKeys.bytes(until == null ? 0 : until.toEpochMilli()),
                QueueKeys.bytes(
                        switch (unique.onConflict()) {
                            case KEEP -> "k";
                            case REPLACE -> "r";
                            case DEBOUNCE -> "d";
                        }),
                retries == null ? NOTHING : QueueKeys.bytes(retries),
                absent);
    }

    /** Reads the answers; what was asked back is found out. */
    void answered(QueueKeys keys, List<Integer> taken, Answer answer) {
        List<Object> reply = answer.list();
        for (int n = 0; n < taken.size(); n++) {
            int index = taken.get(n);
            String letter = Records.text((byte[]) reply.get(2 * n));
            String id = Records.text((byte[]) reply.get(2 * n + 1));
            switch (letter) {
                case "A" -> results[index] = SendResult.Accepted.INSTANCE;
                case "E" -> results[index] = new SendResult.Exists(id(id));
                case "R" -> results[index] = new SendResult.Replaced(id(id));
                case "L" -> hint(keys, index).sessions = true;
                default -> look(keys, index, id, letter.equals("V") ? Scope.WAITING : Scope.RUNNING);
            }
        }
    }

    private Hint hint(QueueKeys keys, int index) {
        Hint hint = hints.computeIfAbsent(index, each -> new Hint());
        if (hint.rounds++ < MOST_ROUNDS) {
            again.add(index);
        } else {
            RedisFault fault = new RedisFault(Kind.NOT_NOW, "sessions and jobs come and go all the time", null);
            results[index] = new SendResult.Unknown(
                    false, asking.parts().exchange().exception("enqueue a unique job on '" + keys.queue + "'", fault));
        }
        return hint;
    }

    static JobId id(String text) {
        return StoredId.of(QueueKeys.bytes(text));
    }

    private void look(QueueKeys keys, int index, String idAndQueue, Scope scope) {
        try {
            Elsewhere elsewhere = Elsewhere.of(idAndQueue);
            if (elsewhere.holds(scope, asking.finder())) {
                results[index] = new SendResult.Exists(elsewhere.id());
            } else {
                hint(keys, index).absent = QueueKeys.bytes(elsewhere.id().value());
            }
        } catch (GooseException away) { // nothing was enqueued
            results[index] = new SendResult.Unknown(false, away);
        }
    }

    /** Puts back what is to be asked again. */
    void askAgain(Map<String, Deque<Integer>> byQueue) {
        again.forEach(i -> byQueue.computeIfAbsent(jobs.get(i).queue(), queue -> new ArrayDeque<>())
                .add(i));
        again.clear();
    }
}
