package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.broker.redis.Standing.Held;
import io.goose.job.QueuedJob;
import io.goose.spi.BranchWork;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a branch does, queue by queue, in parts of which each is one step. Immutable. */
final class BranchPlan {

    private static final String PREFIX = "xa:";
    private static final int MOST = 500;
    private static final int MOST_BYTES = 1 << 20;

    private final List<Part> parts;

    /**
     * A step.
     *
     * @param name a number, so that parts are carried out in order, and a letter: e for jobs that are sent, s for leases that are settled
     * @param packed the arguments of the script that does it, behind their lengths
     * @param standing who holds the leases; null if there are none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(
            QueueKeys queue,
            String name,
            byte[] packed,
            @Nullable Standing standing,
            List<Held> held) {}

    /** Leases of one session, and in which queue. */
    private record Settling(RedisSession session, Standing standing, List<Settlement> settlements) {}

    private BranchPlan(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** What a session that is in fact a branch is called in a queue. */
    static String owner(String branch) {
        return PREFIX + branch;
    }

    /** Whether what is listed as a session is a branch. */
    static boolean isBranch(byte[] session) {
        return new String(session, StandardCharsets.UTF_8).startsWith(PREFIX);
    }

    List<Part> parts() {
        return parts;
    }

    Set<String> queues() {
        Set<String> queues = new TreeSet<>();
        parts.forEach(part -> queues.add(part.queue().queue));
        return queues;
    }

    /** Why this work cannot be a branch's; empty if it can. */
    static Optional<String> problem(BranchWork work) {
        for (QueuedJob job : work.jobs()) {
            if (job.unique() != null) {
                return Optional.of("GOOSE-3212: job " + job.id()
                        + " has a unique key, which cannot be kept by a branch of a distributed"
                        + " transaction: enqueue it after the commit, or without the key");
            }
            Optional<String> problem = QueueNames.problem(job.queue());
            if (problem.isPresent()) {
                return Optional.of("GOOSE-3001: cannot enqueue job " + job.id() + " to queue '" + job.queue() + "': "
                        + problem.get());
            }
        }
        for (Settlement settlement : work.settlements()) {
            if (!(settlement.outcome() instanceof Outcome.Done)) {
                return Optional.of("GOOSE-3213: job " + settlement.lease().job().id() + " ends as "
                        + settlement.outcome()
                        + ", which is not for a distributed transaction: that commits what was done;"
                        + " roll it back, and settle the job afterwards");
            }
        }
        return Optional.empty();
    }

    /** The plan for work that has no {@link #problem}; null if a lease is none of these sessions' any more. */
    static @Nullable BranchPlan of(BranchWork work, RedisParts shared, Collection<RedisSession> sessions) {
        List<Part> parts = new ArrayList<>();
        for (Settling settling : settlings(work, sessions)) {
            if (!add(parts, settling, shared)) {
                return null;
            }
        }
        int settled = parts.stream().mapToInt(part -> part.held().size()).sum();
        if (settled < work.settlements().size()) {
            return null;
        }
        Map<String, List<QueuedJob>> byQueue = new LinkedHashMap<>();
        work.jobs().forEach(job -> byQueue.computeIfAbsent(job.queue(), queue -> new ArrayList<>())
                .add(job));
        byQueue.forEach((queue, jobs) -> add(parts, shared.registry().keys(queue), jobs, shared.records()));
        return new BranchPlan(parts);
    }

    private static Collection<Settling> settlings(BranchWork work, Collection<RedisSession> sessions) {
        Map<Standing, Settling> all = new LinkedHashMap<>();
        for (Settlement settlement : work.settlements()) {
            Lease lease = settlement.lease();
            for (RedisSession session : sessions) {
                Standing standing = session.holding(lease);
                if (standing != null) {
                    all.computeIfAbsent(standing, one -> new Settling(session, one, new ArrayList<>()))
                            .settlements()
                            .add(settlement);
                }
            }
        }
        return all.values();
    }

    private static boolean add(List<Part> parts, Settling settling, RedisParts shared) {
        QueueKeys queue = settling.standing().queue;
        List<Held> held = new ArrayList<>();
        List<byte[]> arguments = new ArrayList<>();
        long bytes = 0;
        for (Settlement settlement : settling.settlements()) {
            Held one = settling.standing().held(settlement.lease());
            if (one == null) {
                return false;
            }
            List<byte[]> more = shared.writer().items(queue, List.of(settlement), List.of(one));
            long size = more.stream().mapToLong(argument -> argument.length).sum();
            if (!held.isEmpty() && (held.size() >= MOST || bytes + size > MOST_BYTES)) {
                add(parts, settling.standing(), arguments, held);
                held.clear();
                arguments.clear();
                bytes = 0;
            }
            held.add(one);
            arguments.addAll(more);
            bytes += size;
        }
        add(parts, settling.standing(), arguments, held);
        return true;
    }

    private static void add(List<Part> parts, Standing standing, List<byte[]> arguments, List<Held> held) {
        parts.add(new Part(standing.queue, parts.size() + "s", pack(arguments), standing, List.copyOf(held)));
    }

    private static void add(List<Part> parts, QueueKeys queue, List<QueuedJob> jobs, Records records) {
        List<byte[]> arguments = new ArrayList<>();
        long bytes = 0;
        for (QueuedJob job : jobs) {
            bytes += job.envelope().size();
            if (!arguments.isEmpty() && (arguments.size() >= 6 * MOST || bytes > MOST_BYTES)) {
                parts.add(new Part(queue, parts.size() + "e", pack(arguments), null, List.of()));
                arguments.clear();
                bytes = job.envelope().size();
            }
            Sender.add(arguments, records, job, job.marked() || job.state().moves() > 0);
        }
        parts.add(new Part(queue, parts.size() + "e", pack(arguments), null, List.of()));
    }

    /** Some texts behind a line with their lengths. */
    private static byte[] pack(List<byte[]> texts) {
        StringBuilder lengths = new StringBuilder();
        int size = 0;
        for (byte[] text : texts) {
            lengths.append(text.length).append(' ');
            size += text.length;
        }
        byte[] line = QueueKeys.bytes(lengths.append('\n').toString());
        byte[] packed = new byte[line.length + size];
        System.arraycopy(line, 0, packed, 0, line.length);
        int at = line.length;
        for (byte[] text : texts) {
            System.arraycopy(text, 0, packed, at, text.length);
            at += text.length;
        }
        return packed;
    }
}
