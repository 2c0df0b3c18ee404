package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.broker.redis.GuardCalls.Done;
import io.goose.broker.redis.GuardCalls.Item;
import io.goose.broker.redis.GuardCalls.Manner;
import io.goose.job.DeliveryState;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.MemberMark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ends of runs. What belongs to another queue, which may be on another server, is recorded in the same step, then delivered,
 * then forgotten: a sweep delivers what a crash has left. Thread-safe.
 */
final class GuardEnds implements Effects.Delivery {

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] ZERO = QueueKeys.bytes(0);

    private final GuardParts parts;
    private final GuardCalls calls;
    private final Effects effects;
    private final String deliverer = UUID.randomUUID().toString();
    private final AtomicLong deliveries = new AtomicLong();

    GuardEnds(GuardParts parts, GuardCalls calls, BatchMarks marks) {
        this.parts = parts;
        this.calls = calls;
        this.effects = new Effects(parts.exchange(), this, marks);
    }

    Effects effects() {
        return effects;
    }

    void settle(List<Change> changes) {
        Set<String> queues = new LinkedHashSet<>();
        List<Item> items = new ArrayList<>();
        for (Change change : changes) {
            queues.add(change.ran().queue());
            items.add(new Item(change.ran().queue(), arguments(change)));
        }
        parts.require(queues);
        List<Done> done = calls.run(
                "keep the ends of " + changes.size() + " jobs", Script.LEDGER_SETTLE, Manner.DURABLE, dead(), items);
        for (Done each : done) {
            List<Object> reply = each.answer().list();
            List<?> recorded = (List<?>) reply.get(0);
            if (!recorded.isEmpty()) {
                effects.deliver(each.queue(), recorded);
            }
            parts.eviction().report(each.queue().queue, (Long) reply.get(1));
        }
    }

    private List<byte[]> dead() {
        return List.of(
                QueueKeys.bytes(parts.settings().dead().max()),
                QueueKeys.bytes(parts.settings().dead().maxAge().toMillis()));
    }

    private List<byte[]> arguments(Change change) {
        QueuedJob ran = change.ran();
        Kept next = change.next();
        String mark = text(change.mark());
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(QueueKeys.bytes(ran.id().value()));
        arguments.add(QueueKeys.bytes(ran.state().moves()));
        if (next == null) {
            arguments.add(QueueKeys.bytes("G" + mark));
            for (int i = 0; i < 8; i++) {
                arguments.add(NOTHING);
            }
        } else {
            addKept(arguments, next, ran.queue(), mark);
        }
        arguments.add(QueueKeys.bytes(change.enqueued().size()));
        for (QueuedJob job : change.enqueued()) {
            QueueNames.check(job.queue());
            arguments.add(job.queue().equals(ran.queue()) ? NOTHING : QueueKeys.bytes(job.queue()));
            arguments.add(QueueKeys.bytes(job.id().value()));
            arguments.add(QueueKeys.bytes(job.state().moves()));
            arguments.add(time(job.state()));
            arguments.add(parts.records().encode(job.state()));
            arguments.add(job.envelope().bytes());
        }
        return arguments;
    }

    /** What it has become for its batch, behind the operation. */
    private static String text(@Nullable MemberMark mark) {
        return mark == null ? "" : mark.version() + String.valueOf(mark.state().letter());
    }

    private void addKept(List<byte[]> arguments, Kept next, String queue, String mark) {
        QueuedJob job = next.job();
        boolean here = job.queue().equals(queue);
        arguments.add(QueueKeys.bytes((here ? "K" : "Q") + mark));
        arguments.add(QueueKeys.bytes(QueueNames.check(job.queue())));
        arguments.add(QueueKeys.bytes(letter(next.place())));
        arguments.add(QueueKeys.bytes(job.state().moves()));
        arguments.add(QueueKeys.bytes(next.after().toMillis()));
        arguments.add(parts.records().encode(job.state()));
        arguments.add(job.envelope().bytes());
        arguments.add(text(next.note()));
        String need = next.need();
        arguments.add(need == null ? NOTHING : QueueKeys.bytes(Needs.stored(need)));
    }

    private static byte[] text(@Nullable String text) {
        return text == null ? NOTHING : QueueKeys.bytes(text);
    }

    private static String letter(Place place) {
        return switch (place) {
            case SCHEDULED -> "S";
            case DEAD -> "D";
            case PARKED -> "P";
            case WAITING, RUNNING ->
                throw new IllegalArgumentException("a job that is " + place + " is not kept in a ledger");
        };
    }

    /** The time that a job waits for, 0 for none. */
    static byte[] time(DeliveryState state) {
        Instant notBefore = state.notBefore();
        return notBefore == null ? ZERO : QueueKeys.bytes(notBefore.toEpochMilli());
    }

    /** The texts are queue, id, record, note and need, the rest is operation, place, moves and time. */
    @Override
    public Call call(byte[] content) throws RedisFault {
        Recorded effect = Recorded.of(content, 5);
        String queue = Records.text(effect.texts().get(0));
        RedisFault unknown = parts.registry().note(List.of(queue));
        if (unknown != null) {
            throw unknown;
        }
        QueueKeys to = parts.registry().keys(queue);
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(QueueKeys.bytes(deliveries.incrementAndGet())); // it comes once by its moves
        arguments.addAll(dead());
        arguments.add(effect.texts().get(1));
        arguments.add(ZERO);
        arguments.add(QueueKeys.bytes(effect.rest().get(0)));
        arguments.add(to.queueBytes);
        arguments.add(QueueKeys.bytes(effect.rest().get(1)));
        arguments.add(QueueKeys.bytes(effect.rest().get(2)));
        arguments.add(QueueKeys.bytes(effect.rest().get(3)));
        arguments.add(effect.texts().get(2));
        arguments.add(effect.texts().get(5));
        arguments.add(effect.texts().get(3));
        arguments.add(effect.texts().get(4));
        arguments.add(ZERO);
        return Call.script(Script.LEDGER_SETTLE, to, to.of(Script.LEDGER_SETTLE, to.call(deliverer)), arguments)
                .durably();
    }
}
