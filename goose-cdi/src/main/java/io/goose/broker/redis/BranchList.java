package io.goose.broker.redis;

import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Protocol.Command;

/** Which branches there are: one hash of the namespace, by the branches' names. Thread-safe. */
final class BranchList {

    /** It is committed by whoever finds it: nobody else decides. */
    static final String COMMITS = "C";

    /** It is not committed at once any more. */
    static final String ROLLS_BACK = "R";

    private static final Logger LOG = System.getLogger(BranchList.class.getPackageName());

    private final Exchange exchange;
    private final byte[] key;

    BranchList(Exchange exchange, Registry registry) {
        this.exchange = exchange;
        this.key = registry.branches();
    }

    /**
     * What is noted of a branch.
     *
     * @param isDecided whether it was decided here that it is committed, because nobody else decides
     */
    record Entry(boolean isDecided, Instant since, int jobs, int settled, List<String> queues) {

        private static final int FIELDS = 5;

        /** Reads what {@code xa/note.lua} wrote; empty if it is something else. */
        static Optional<Entry> of(String line) {
            String[] fields = line.split("\\|", FIELDS);
            try {
                return fields.length < FIELDS
                        ? Optional.empty()
                        : Optional.of(new Entry(
                                fields[0].equals(COMMITS),
                                Instant.ofEpochMilli(Long.parseLong(fields[1])),
                                Integer.parseInt(fields[2]),
                                Integer.parseInt(fields[3]),
                                List.of(fields[4].split(" ", -1))));
            } catch (NumberFormatException unreadable) {
                return Optional.empty();
            }
        }
    }

    /** The call that notes a branch. */
    Call noting(BranchId id, BranchWork work, Collection<String> queues) {
        return Call.script(
                Script.BRANCH_NOTE,
                List.of(key),
                List.of(
                        QueueKeys.bytes(id.toString()),
                        QueueKeys.bytes(work.jobs().size()),
                        QueueKeys.bytes(work.settlements().size()),
                        QueueKeys.bytes(String.join(" ", queues))));
    }

    Optional<Entry> find(BranchId id) {
        Object line = exchange.run(
                        "look for branch " + id, Call.command(key, Command.HGET, key, QueueKeys.bytes(id.toString())))
                .value();
        return line == null ? Optional.empty() : entry(id.toString(), Records.text((byte[]) line));
    }

    /**
     * Decides what becomes of a branch, unless that is decided.
     *
     * @param how {@link #COMMITS} or {@link #ROLLS_BACK}
     * @return what is noted of it now; empty if it is not there
     */
    Optional<Entry> decide(BranchId id, String how) {
        String what = "decide branch " + id;
        Answer answer = exchange.run(
                what,
                Call.script(
                                Script.BRANCH_DECIDE,
                                List.of(key),
                                List.of(QueueKeys.bytes(id.toString()), QueueKeys.bytes(how)))
                        .durably());
        if (answer.shortfall() != null) {
            throw exchange.exception(what, new RedisFault(RedisFault.Kind.UNANSWERED, answer.shortfall(), null));
        }
        Object line = answer.value();
        return line == null ? Optional.empty() : entry(id.toString(), Records.text((byte[]) line));
    }

    /** A branch has come to its end in all its queues. */
    void forget(BranchId id) {
        exchange.run("forget branch " + id, Call.command(key, Command.HDEL, key, QueueKeys.bytes(id.toString())));
    }

    /** All branches. */
    Map<BranchId, Entry> all() {
        List<Object> pairs = exchange.run("list the branches", Call.command(key, Command.HGETALL, key))
                .list();
        Map<BranchId, Entry> all = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            String name = Records.text((byte[]) pairs.get(i));
            Optional<Entry> entry = entry(name, Records.text((byte[]) pairs.get(i + 1)));
            BranchId.parse(name).ifPresent(id -> entry.ifPresent(one -> all.put(id, one)));
        }
        return all;
    }

    private Optional<Entry> entry(String name, String line) {
        Optional<Entry> entry = BranchId.parse(name).flatMap(id -> Entry.of(line));
        if (entry.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-4211: what {0} has as branch {1} of a distributed transaction cannot be read; it is left as it is",
                    exchange.where(),
                    name);
        }
        return entry;
    }
}
