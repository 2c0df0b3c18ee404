package io.goose.broker.redis;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.broker.redis.RedisFault.Kind;
import io.goose.broker.redis.Standing.Held;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import io.goose.spi.Branches;
import io.goose.spi.PreparedBranch;
import io.goose.spi.SendResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Branches of distributed transactions: one hash of the namespace says which there are and in which queues; with each queue is stored what
 * a branch does there. The entry in the hash comes first and goes last, so that a branch is found as long as anything of it is there.
 * Thread-safe.
 */
final class RedisBranches implements Branches {

    private static final Logger LOG = System.getLogger(RedisBranches.class.getPackageName());

    private static final String STALE =
            "GOOSE-3211: a job that the transaction completes is not this worker's any more; another one has it";
    private static final String ROLLED_BACK = "GOOSE-3227: the branch was rolled back before it was prepared";

    private final RedisParts parts;
    private final Sender sender;
    private final Collection<RedisSession> sessions;
    private final BranchList list;
    private final BranchEnd ends;

    /**
     * @param sessions those of this broker
     */
    RedisBranches(RedisParts parts, Sender sender, Collection<RedisSession> sessions) {
        this.parts = parts;
        this.sender = sender;
        this.sessions = sessions;
        this.list = new BranchList(parts.exchange(), parts.registry());
        this.ends = new BranchEnd(parts, list);
    }

    private Exchange exchange() {
        return parts.exchange();
    }

    @Override
    public void check() {
        List<Call> calls = new ArrayList<>();
        calls.add(config(parts.registry().branches()));
        for (String queue :
                parts.registry().queues()) { // so many that each server of a cluster is most likely among theirs
            calls.add(config(parts.registry().keys(queue).route()));
        }
        for (Answer answer : exchange().run(calls)) {
            String problem = weakness(exchange().checked("look at the servers' configuration", answer));
            if (problem != null) {
                throw new BrokerRefusedException(problem, null);
            }
        }
    }

    private static Call config(byte[] route) {
        return Call.command(route, Command.CONFIG, QueueKeys.bytes("GET"), QueueKeys.bytes("append*"));
    }

    /** Why a server may lose what is prepared; null if it does not. */
    private @Nullable String weakness(Answer answer) {
        RedisFault fault = answer.fault();
        Map<String, String> values = new HashMap<>();
        if (fault == null) {
            List<Object> pairs = answer.list();
            for (int i = 0; i + 1 < pairs.size(); i += 2) {
                values.put(Records.text((byte[]) pairs.get(i)), Records.text((byte[]) pairs.get(i + 1)));
            }
        }
        if ("yes".equals(values.get("appendonly")) && "always".equals(values.get("appendfsync"))) {
            return null;
        }
        return "GOOSE-3210: " + exchange().where()
                + " may forget in its own crash what a distributed transaction has prepared: it has"
                + " appendonly=" + values.getOrDefault("appendonly", "(not readable)") + " and appendfsync="
                + values.getOrDefault("appendfsync", "(not readable)")
                + "; set appendonly yes and appendfsync always there, allow 'CONFIG GET' to the user, or accept it with"
                + " xaDurability=relaxed";
    }

    @Override
    public Optional<String> prepare(BranchId id, BranchWork work, boolean strict) {
        if (work.isEmpty()) {
            throw new IllegalArgumentException("branch " + id + " has nothing to do, so there is nothing to prepare");
        }
        Optional<String> problem = BranchPlan.problem(work);
        if (problem.isPresent()) {
            return problem;
        }
        BranchPlan plan = BranchPlan.of(work, parts, sessions);
        if (plan == null) {
            return Optional.of(STALE);
        }
        parts.registry().requireAll(plan.queues());
        @Nullable String refusal;
        try {
            refusal = store(id, work, plan, strict);
        } catch (RedisFault fault) {
            refusal = String.valueOf(
                    exchange().exception("prepare branch " + id, fault).getMessage());
        }
        if (refusal == null) {
            return Optional.empty();
        }
        rollback(id);
        return Optional.of(refusal);
    }

    /** Stores a branch; returns why it must not be, or null. */
    private @Nullable String store(BranchId id, BranchWork work, BranchPlan plan, boolean strict) throws RedisFault {
        List<Call> first = new ArrayList<>();
        first.add(list.noting(id, work, plan.queues()).durably());
        if (strict) {
            first.add(config(parts.registry().branches()));
        }
        String problem = check(exchange().run(first), strict);
        if (problem != null) {
            return problem;
        }
        List<BranchPlan.Part> settling =
                plan.parts().stream().filter(part -> part.standing() != null).toList();
        for (BranchPlan.Part part : settling) {
            problem = hand(id, part, strict);
            if (problem != null) {
                return problem;
            }
        }
        List<Call> rest = new ArrayList<>();
        for (BranchPlan.Part part : plan.parts()) {
            if (part.standing() == null) {
                add(rest, id, part, strict);
            }
        }
        return check(exchange().run(rest), strict);
    }

    /** Takes the leases that a branch settles from their session. */
    private @Nullable String hand(BranchId id, BranchPlan.Part part, boolean strict) throws RedisFault {
        Standing standing = Objects.requireNonNull(part.standing());
        standing.settleLock.lock(); // a beat that found them gone would take them for lost
        try {
            List<Call> calls = new ArrayList<>();
            add(calls, id, part, strict);
            List<Answer> answers = exchange().run(calls);
            RedisFault fault = answers.get(0).fault();
            for (Held held : part.held()) {
                if (fault == null && letter(answers.get(0)) == 'A') {
                    sessions.forEach(session -> session.handOver(standing, held, id.toString()));
                } else if (fault != null && fault.maybeDone()) {
                    sessions.forEach(session -> session.mayHandOver(standing, held, id.toString()));
                }
            }
            return check(answers, strict);
        } finally {
            standing.settleLock.unlock();
        }
    }

    private static char letter(Answer answer) {
        return answer.value() instanceof byte[] letters && letters.length == 1 ? (char) letters[0] : 'A';
    }

    private void add(List<Call> calls, BranchId id, BranchPlan.Part part, boolean strict) {
        QueueKeys queue = part.queue();
        String branch = id.toString();
        List<byte[]> more = new ArrayList<>();
        more.add(queue.branch(branch));
        more.add(queue.lease(BranchPlan.owner(branch)));
        if (part.standing() != null) {
            more.add(part.standing().leaseKey);
        }
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(QueueKeys.bytes(branch));
        arguments.add(QueueKeys.bytes(part.name()));
        arguments.add(part.packed());
        part.held()
                .forEach(held ->
                        arguments.add(QueueKeys.bytes(held.lease().job().id().value())));
        part.held().forEach(held -> arguments.add(held.value()));
        calls.add(Call.script(Script.BRANCH_PREPARE, queue, queue.of(Script.BRANCH_PREPARE, more), arguments)
                .durably());
        if (strict) {
            calls.add(config(queue.route()));
        }
    }

    /**
     * Looks at the answers of stores, each followed by the server's configuration if that is to be strict.
     *
     * @return why the branch must not be prepared; null if nothing speaks against it
     * @throws RedisFault if a store failed, or is not as durable as it is to be
     */
    private @Nullable String check(List<Answer> answers, boolean strict) throws RedisFault {
        String problem = null;
        for (int i = 0; i < answers.size(); i += strict ? 2 : 1) {
            Answer stored = answers.get(i);
            RedisFault fault = stored.fault();
            if (fault != null) {
                throw fault;
            }
            if (stored.shortfall() != null) {
                throw new RedisFault(Kind.UNANSWERED, stored.shortfall(), null);
            }
            if (letter(stored) == 'S') {
                problem = STALE;
            } else if (letter(stored) == 'X') {
                problem = ROLLED_BACK;
            } else if (strict && problem == null) {
                problem = weakness(answers.get(i + 1));
            }
        }
        return problem;
    }

    @Override
    public Optional<String> commitAtOnce(BranchId id, BranchWork work, boolean strict) {
        if (work.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> problem = BranchPlan.problem(work);
        if (problem.isPresent()) {
            return problem;
        }
        BranchPlan plan = BranchPlan.of(work, parts, sessions);
        if (plan == null) {
            return Optional.of(STALE);
        }
        if (plan.parts().size() == 1 && work.settlements().isEmpty()) {
            return send(work);
        }
        Optional<String> refusal = prepare(id, work, strict);
        if (refusal.isPresent()) {
            return refusal;
        }
        BranchList.Entry entry = list.decide(id, BranchList.COMMITS).orElse(null);
        if (entry == null || !entry.isDecided()) { // by a recovery elsewhere that found it
            return Optional.of(ROLLED_BACK);
        }
        ends.end(id, entry, BranchEnd.COMMITS);
        return Optional.empty();
    }

    /** One step of one queue needs nobody's decision. */
    private Optional<String> send(BranchWork work) {
        for (SendResult result : sender.send(work.jobs())) {
            if (result instanceof SendResult.Rejected rejected) {
                return Optional.of(rejected.message());
            }
            if (result instanceof SendResult.Unknown unknown) {
                if (unknown.sent()) {
                    throw new BrokerUnavailableException(
                            String.valueOf(unknown.cause().getMessage()), unknown.cause());
                }
                return Optional.of(String.valueOf(unknown.cause().getMessage()));
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean commit(BranchId id) {
        Optional<BranchList.Entry> entry = list.find(id);
        entry.ifPresent(one -> ends.end(id, one, BranchEnd.COMMITS));
        BranchReturn.forget(id, sessions);
        return entry.isPresent();
    }

    @Override
    public boolean rollback(BranchId id) {
        BranchList.Entry entry =
                list.decide(id, BranchList.ROLLS_BACK).orElse(null); // so that nobody commits it at once
        if (entry == null) {
            BranchReturn.forget(id, sessions);
            return false;
        }
        if (entry.isDecided()) {
            ends.end(id, entry, BranchEnd.COMMITS);
            BranchReturn.forget(id, sessions);
            throw new IllegalStateException(
                    "GOOSE-3215: branch " + id + " cannot be rolled back, for it was committed in one phase");
        }
        try (BranchReturn back = BranchReturn.of(id, entry.queues(), sessions)) {
            ends.end(id, entry, back);
        }
        BranchReturn.forget(id, sessions);
        return true;
    }

    @Override
    public void letGo(BranchId id) {
        BranchReturn.forget(id, sessions);
    }

    @Override
    public List<BranchId> recover() {
        List<BranchId> open = new ArrayList<>();
        list.all().forEach((id, entry) -> {
            if (!entry.isDecided()) {
                open.add(id);
                return;
            }
            try {
                ends.end(id, entry, BranchEnd.COMMITS);
            } catch (GooseException notYet) { // it needs nobody's decision, and the others do
                LOG.log(Level.WARNING, "GOOSE-4214: " + notYet.getMessage() + "; workers try again each minute");
            }
        });
        return open;
    }

    @Override
    public List<PreparedBranch> prepared() {
        List<PreparedBranch> all = new ArrayList<>();
        list.all()
                .forEach((id, entry) ->
                        all.add(new PreparedBranch(id, entry.since(), entry.jobs(), entry.settled(), entry.queues())));
        return all;
    }
}
