package io.goose.broker.redis;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Delivers to batches what steps of queues have recorded of their members: one call for each batch. What is not delivered stays recorded,
 * and is delivered by whoever sweeps later; a mark that comes twice changes nothing. Thread-safe.
 */
final class BatchMarks {

    private static final Logger LOG = System.getLogger(BatchMarks.class.getPackageName());
    private static final byte[] DROP = QueueKeys.bytes("drop");
    private static final byte[] HERE = QueueKeys.bytes(1);
    private static final byte[] ELSEWHERE = QueueKeys.bytes(0);
    private static final int ID_LENGTH = 36;

    private final Exchange exchange;
    private final BatchKeys homes;
    private final BatchManner manner;
    private final byte[] wakePrefix;
    private final byte[] retentionMillis;

    BatchMarks(BatchKeys homes, BatchManner manner) {
        this.exchange = homes.exchange();
        this.homes = homes;
        this.manner = manner;
        this.wakePrefix = QueueKeys.bytes(homes.registry().wakePrefix());
        this.retentionMillis = QueueKeys.bytes(manner.retention().toMillis());
    }

    /** Whether this is the name of a recorded mark, and not that of a job that was recorded for another queue. */
    static boolean isMark(byte[] name) {
        int last = name.length - 1;
        return last > ID_LENGTH + 1
                && name[ID_LENGTH] == ':'
                && Character.isDigit(name[last - 1]) // a release of a unique key has a letter alone
                && Character.isLetter(name[last]);
    }

    /** Delivers marks that were recorded just now; what fails is left to a sweep. */
    void deliverFresh(QueueKeys from, List<byte[]> names) {
        try {
            deliver(from, names);
        } catch (RedisFault fault) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3131: {0} jobs of queue ''{1}'' are counted late in their batches, by a sweep: {2}",
                    names.size(),
                    from.queue,
                    fault.getMessage());
        }
    }

    /** Delivers marks and forgets them. */
    void deliver(QueueKeys from, List<byte[]> names) throws RedisFault {
        Map<BatchId, List<byte[]>> byBatch = new LinkedHashMap<>();
        List<byte[]> dropped = new ArrayList<>(List.of(DROP));
        for (byte[] name : names) {
            Optional<BatchId.Member> member =
                    BatchId.ofMember(new JobId(Records.text(name).substring(0, ID_LENGTH)));
            if (member.isPresent()) {
                byBatch.computeIfAbsent(member.get().batch(), batch -> new ArrayList<>())
                        .add(name);
            } else {
                dropped.add(name);
            }
        }
        List<Call> calls = new ArrayList<>();
        List<List<byte[]>> marked = new ArrayList<>(); // by call, what it does not forget itself
        List<String> callbacks = new ArrayList<>(); // by call, where they go
        for (Map.Entry<BatchId, List<byte[]>> batch : byBatch.entrySet()) {
            Optional<QueueKeys> home = homes.home(batch.getKey());
            if (home.isEmpty()) {
                LOG.log(
                        Level.DEBUG,
                        "batch {0} is gone; {1} marks have nowhere to go",
                        batch.getKey(),
                        batch.getValue().size());
                dropped.addAll(batch.getValue());
                continue;
            }
            boolean here = home.get().queue.equals(from.queue);
            calls.add(call(home.get(), batch.getKey(), batch.getValue(), here));
            marked.add(here ? List.of() : batch.getValue());
            callbacks.add(home.get().queue);
        }
        RedisFault failure = null;
        List<Answer> answers = exchange.run(calls);
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            if (answer.fault() != null) {
                failure = answer.fault();
                continue;
            }
            if (answer.number() == 1) {
                manner.ready().accept(callbacks.get(i));
            }
            if (answer.shortfall() != null && !marked.get(i).isEmpty()) { // kept here until it is there for good
                failure = new RedisFault(RedisFault.Kind.UNANSWERED, answer.shortfall(), null);
            } else {
                dropped.addAll(marked.get(i));
            }
        }
        if (dropped.size() > 1) {
            RedisFault undropped = exchange.run(
                            List.of(Call.script(Script.EFFECTS, from, from.of(Script.EFFECTS), dropped)))
                    .get(0)
                    .fault();
            failure = failure == null ? undropped : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Call call(QueueKeys home, BatchId batch, List<byte[]> names, boolean here) {
        List<byte[]> arguments =
                new ArrayList<>(List.of(wakePrefix, home.queueBytes, retentionMillis, here ? HERE : ELSEWHERE));
        arguments.addAll(names);
        return Call.script(manner.mark(), home, home.of(manner.mark(), BatchKeys.of(home, batch)), arguments)
                .durably();
    }
}
