package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.broker.redis.Standing.Held;
import io.goose.job.JobId;
import io.goose.spi.CancelListener;
import io.goose.spi.Lease;
import io.goose.spi.SessionSpec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * A session's standing with each of its queues: registers, beats, compares what the server holds for it with what it knows,
 * and starts again under a new id where the standing is lost. Thread-safe.
 */
final class Standings {

    private static final Logger LOG = System.getLogger(Standings.class.getPackageName());

    /** An opening or a beat spends this part of a heartbeat on the jobs that waited for the session. */
    private static final int BUDGET_PARTS = 20;

    private final RedisParts parts;
    private final SessionSpec spec;
    private final Consumer<Held> ended;
    private final String channel;
    private final Map<String, Standing> standings = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private int generation; // guarded by lock
    private List<Lease> lost = new ArrayList<>(); // guarded by lock
    private volatile CancelListener cancels = (id, token) -> {};
    private final Set<String> unadopted = ConcurrentHashMap.newKeySet(); // queues whose jobs could not be adopted last

    Standings(RedisParts parts, SessionSpec spec, Consumer<Held> ended) {
        this.parts = parts;
        this.spec = spec;
        this.channel = spec.newId();
        this.ended = ended;
    }

    /** The first part of all ids, the same for the life of the session; its notices come under this name. */
    String channel() {
        return channel;
    }

    void onCancel(CancelListener listener) {
        cancels = listener;
    }

    CancelListener cancels() {
        return cancels;
    }

    Standing present(String queue) {
        Standing standing = standings.get(queue);
        if (standing == null) {
            throw new IllegalStateException("the session is not registered with queue '" + queue + "'");
        }
        return standing;
    }

    /** The standing with a queue; null if the session was not opened for it. */
    @Nullable Standing existing(String queue) {
        return standings.get(queue);
    }

    /** Registers with all queues. What fails for some is made up for later: the others are not to wait for these. */
    void open() {
        RedisFault unnoted = parts.registry().note(spec.queues());
        lock.lock();
        try {
            List<Standing> fresh = spec.queues().stream()
                    .map(queue -> fresh(parts.registry().keys(queue)))
                    .toList();
            register(fresh);
        } finally {
            lock.unlock();
        }
        if (unnoted != null) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3039: session {0} could not note its queues, nobody sees them until a beat has noted them: {1}",
                    channel,
                    unnoted.getMessage());
        }
    }

    /** Called with the lock held. */
    private Standing fresh(QueueKeys queue) {
        return new Standing(queue, channel + '.' + generation++);
    }

    /** Called with the lock held. */
    private void register(List<Standing> fresh) {
        String needs = '\n' + String.join("\n", spec.announced()) + '\n';
        List<Call> calls = new ArrayList<>();
        for (Standing standing : fresh) {
            calls.add(Call.script(
                    Script.OPEN,
                    standing.queue,
                    standing.queue.of(Script.OPEN),
                    List.of(
                            standing.idBytes,
                            QueueKeys.bytes(spec.lease().toMillis()),
                            QueueKeys.bytes(spec.threads()),
                            QueueKeys.bytes(spec.exposure()),
                            QueueKeys.bytes(spec.host()),
                            QueueKeys.bytes(needs))));
        }
        List<Answer> answers = parts.exchange().run(calls);
        List<Standing> failed = new ArrayList<>();
        GooseException failure = null;
        for (int i = 0; i < fresh.size(); i++) {
            Standing standing = fresh.get(i);
            List<Object> waiting;
            try {
                waiting = parts.exchange()
                        .checked("open a session", answers.get(i))
                        .list();
            } catch (GooseException broken) {
                failure = broken;
                failed.add(standing);
                continue;
            }
            Standing before = standings.put(standing.queue.queue, standing);
            if (before != null) {
                loseAll(before);
            }
            tryToAdopt(standing.queue, waiting);
        }
        if (failure == null) {
            return;
        }
        if (failed.size() == fresh.size()) {
            throw failure;
        }
        LOG.log(
                Level.WARNING,
                "GOOSE-3039: session {0} could not be opened for queues {1}, for the others it is; it is tried again with each"
                        + " claim and beat: {2}",
                channel,
                failed.stream().map(standing -> standing.queue.queue).toList(),
                failure.getMessage());
        failed.forEach(standing -> standings.put(standing.queue.queue, standing)); // not known there, so it is replaced
    }

    /** Adopts within a beat or an opening, which are good for what they are if this fails; the next beat tries again. */
    private void tryToAdopt(QueueKeys queue, Collection<?> needs) {
        try {
            adopt(queue, needs, new Budget(spec.heartbeat().dividedBy(BUDGET_PARTS)));
            unadopted.remove(queue.queue);
        } catch (GooseException broken) {
            LOG.log(
                    unadopted.add(queue.queue) ? Level.WARNING : Level.DEBUG,
                    "GOOSE-3038: jobs of queue ''{0}'' that waited for what session {1} can run could not be brought back, it"
                            + " is tried again with each beat: {2}",
                    queue.queue,
                    channel,
                    broken.getMessage());
        }
    }

    /** Brings jobs back that wait for something this session can do, at least a hundred; a sweep sees to what is left. */
    void adopt(QueueKeys queue, Collection<?> needs, Budget budget) {
        for (Object name : needs) {
            String need = Records.text((byte[]) name);
            boolean more = spec.canRun(need);
            while (more) {
                Call call = Call.script(
                        Script.ADOPT,
                        queue,
                        queue.of(Script.ADOPT, queue.unknown(need)),
                        List.of(
                                QueueKeys.bytes(need),
                                QueueKeys.bytes(parts.registry().wakePrefix()),
                                queue.queueBytes));
                Answer answer = parts.exchange().run("adopt jobs of queue '" + queue.queue + "'", call);
                more = Long.valueOf(1).equals(answer.list().get(0)) && !budget.isSpent();
            }
        }
    }

    /**
     * What beats told.
     *
     * @param known whether the session was known to all queues that answered
     * @param failed the queues that did not
     */
    record Beaten(boolean known, Set<String> failed) {}

    /**
     * Beats for all queues. If it fails for some it is a beat for the others.
     *
     * @throws GooseException if it failed for all
     */
    Beaten beat() {
        parts.exchange().topology().review();
        // What fails here fails again in the beat, but for memory that is full, which must not cost the leases.
        parts.registry().note(spec.queues());
        List<Standing> present = List.copyOf(standings.values());
        List<Answer> answers =
                parts.exchange().run(present.stream().map(this::beatCall).toList());
        boolean known = true;
        Set<String> failed = new LinkedHashSet<>();
        GooseException failure = null;
        for (int i = 0; i < present.size(); i++) {
            Standing standing = present.get(i);
            try {
                known &= read(
                        standing,
                        parts.exchange().checked("renew the leases of session " + standing.id, answers.get(i)));
            } catch (GooseException broken) { // the other queues are not to lose their leases for this one
                failure = broken;
                failed.add(standing.queue.queue);
            }
        }
        if (failure != null && failed.size() == present.size()) {
            throw failure;
        }
        if (failure != null) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3035: the leases of queues {0} could not be renewed, those of the other queues were: {1}",
                    failed,
                    failure.getMessage());
        }
        return new Beaten(known, failed);
    }

    private Call beatCall(Standing standing) {
        return Call.script(
                Script.BEAT,
                standing.queue,
                standing.queue.of(Script.BEAT, standing.leaseKey),
                List.of(standing.idBytes, QueueKeys.bytes(spec.lease().toMillis())));
    }

    private boolean read(Standing standing, Answer answer) {
        List<Object> reply = answer.list();
        long count = (Long) reply.get(0);
        if (count < 0) {
            replace(standing);
            return false;
        }
        tryToAdopt(standing.queue, (List<?>) reply.get(1));
        List<?> cancelled = (List<?>) reply.get(2);
        for (int i = 0; i < cancelled.size(); i += 2) {
            JobId id = new JobId(Records.text((byte[]) cancelled.get(i)));
            cancels.cancelled(id, Claimer.token((byte[]) cancelled.get(i + 1)));
        }
        if (count != standing.held.size()) {
            compare(standing);
        }
        return true;
    }

    /** Beats for one queue, whose standing a claim found expired; whether it still stands. If not, there is a new one. */
    boolean revive(Standing standing) {
        Answer answer = parts.exchange().run("renew the leases of session " + standing.id, beatCall(standing));
        if ((Long) answer.list().get(0) >= 0) {
            return true;
        }
        replace(standing);
        return false;
    }

    /** The standing is lost, and all its leases with it: begins a new one. */
    private void replace(Standing standing) {
        lock.lock();
        try {
            if (standings.get(standing.queue.queue) != standing) {
                return; // another thread has done it
            }
            parts.registry().doubt();
            parts.registry().note(List.of(standing.queue.queue)); // if that fails, the next beat does it
            register(List.of(fresh(standing.queue)));
        } finally {
            lock.unlock();
        }
    }

    /** A standing that was replaced: what it held is lost, which its jobs must be told whatever else fails. */
    void loseAll(Standing standing) {
        List.copyOf(standing.held.values()).forEach(held -> lose(standing, held));
    }

    private void lose(Standing standing, Held held) {
        lock.lock();
        try {
            if (standing.held.remove(held.lease().job().id().value(), held)) {
                lost.add(held.lease());
                ended.accept(held);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Compares what the server holds for the session with what the session knows, while neither claims nor settles: leases that
     * nobody here knows go back, leases that are not there any more are lost.
     */
    private void compare(Standing standing) {
        standing.claimLock.lock();
        standing.settleLock.lock();
        try {
            List<Object> stored = parts.exchange()
                    .run(
                            "list the leases of session " + standing.id,
                            Call.command(standing.queue.route(), Command.HGETALL, standing.leaseKey))
                    .list();
            Set<String> there = new HashSet<>();
            List<byte[]> unknown = new ArrayList<>();
            for (int i = 0; i < stored.size(); i += 2) {
                byte[] id = (byte[]) stored.get(i);
                byte[] value = (byte[]) stored.get(i + 1);
                Held held = standing.held.get(Records.text(id));
                if (held != null && Arrays.equals(held.value(), value)) {
                    there.add(Records.text(id));
                } else {
                    unknown.add(id);
                    unknown.add(value);
                }
            }
            SettleCall open = standing.openSettle;
            for (Held held : List.copyOf(standing.held.values())) {
                boolean beingSettled = open != null && open.held().contains(held);
                if (!there.contains(held.lease().job().id().value()) && !beingSettled) {
                    lose(standing, held);
                }
            }
            for (int end = unknown.size(); end > 0; end -= 1000) {
                List<byte[]> part = unknown.subList(Math.max(0, end - 1000), end);
                parts.exchange()
                        .run(
                                "give jobs of queue '" + standing.queue.queue + "' back",
                                parts.writer().giveBackUnknown(standing, part));
            }
        } finally {
            standing.settleLock.unlock();
            standing.claimLock.unlock();
        }
    }

    /** What was lost since this was asked last. */
    List<Lease> takeLost() {
        lock.lock();
        try {
            List<Lease> taken = lost;
            lost = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** How long until the next job of a queue is due, as far as the last claims told. */
    long nanosUntilDue() {
        long nanos = Long.MAX_VALUE;
        long now = System.nanoTime();
        for (Standing standing : standings.values()) {
            Long due = standing.nextDue;
            if (due != null) {
                nanos = Math.min(nanos, Math.max(0, due - now) + 1_000_000); // the server counts in milliseconds
                if (due <= now) {
                    standing.nextDue = null; // said once; a worker with no thread free is not to spin
                }
            }
        }
        return nanos;
    }

    /** Ends the session in order. */
    void close() {
        List<Call> calls = new ArrayList<>();
        for (Standing standing : standings.values()) {
            calls.add(Call.script(
                    Script.CLOSE,
                    standing.queue,
                    standing.queue.of(Script.CLOSE, standing.leaseKey),
                    List.of(standing.idBytes)));
        }
        for (Answer answer : parts.exchange().run(calls)) {
            parts.exchange().checked("close session " + channel, answer);
        }
    }
}
