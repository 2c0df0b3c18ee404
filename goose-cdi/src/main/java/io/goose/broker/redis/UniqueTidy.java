package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Forgets what is noted of unique keys that nobody holds any more. A job that runs to its end gives its key up by itself; what is left
 * is of jobs that were deleted, cancelled or evicted. It holds nothing, and only takes room. Thread-safe.
 */
final class UniqueTidy {

    private static final Logger LOG = System.getLogger(UniqueTidy.class.getPackageName());
    private static final int MOST = 200;

    private final Exchange exchange;
    private final BiFunction<String, JobId, Optional<StoredJob>> finder;

    /**
     * @param finder a job of a queue
     */
    UniqueTidy(Exchange exchange, BiFunction<String, JobId, Optional<StoredJob>> finder) {
        this.exchange = exchange;
        this.finder = finder;
    }

    /** Looks at some; at more as long as many of them were to be forgotten. */
    void tidy(QueueKeys queue, Budget budget) {
        long forgotten;
        do {
            List<Object> reply = run(queue, List.of(QueueKeys.bytes(MOST)));
            forgotten = (Long) reply.get(0);
            List<byte[]> absent = absent((List<?>) reply.get(2));
            if (!absent.isEmpty()) {
                List<byte[]> arguments = new ArrayList<>();
                arguments.add(QueueKeys.bytes(MOST));
                arguments.addAll(absent);
                forgotten += (Long) run(queue, arguments).get(0);
            }
        } while (forgotten >= MOST / 4 && !budget.isSpent());
    }

    private List<Object> run(QueueKeys queue, List<byte[]> arguments) {
        Call call = Call.script(Script.UNIQUE_TIDY, queue, queue.of(Script.UNIQUE_TIDY), arguments);
        return exchange.run("tidy up the unique keys of queue '" + queue.queue + "'", call)
                .list();
    }

    /** Of keys whose jobs may be in the queues of their retries those whose jobs are not: keys and ids, alternating. */
    private List<byte[]> absent(List<?> doubtful) {
        List<byte[]> absent = new ArrayList<>();
        for (int i = 0; i < doubtful.size(); i += 3) {
            byte[] id = (byte[]) doubtful.get(i + 1);
            String elsewhere = Records.text((byte[]) doubtful.get(i + 2));
            try {
                if (finder.apply(elsewhere, StoredId.of(id)).isEmpty()) {
                    absent.add((byte[]) doubtful.get(i));
                    absent.add(id);
                }
            } catch (GooseException away) { // the next time
                LOG.log(Level.DEBUG, "queue {0} cannot be asked for a unique job: {1}", elsewhere, away.getMessage());
            }
        }
        return absent;
    }
}
