package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what a settle recorded for other queues: takes it, sends it so that it is known when it comes twice, forgets it. What is not forgotten is
 * sent again by whoever sweeps later. Thread-safe.
 */
final class Effects {

    private static final Logger LOG = System.getLogger(Effects.class.getPackageName());
    private static final byte[] TAKE = QueueKeys.bytes("take");
    private static final byte[] DROP = QueueKeys.bytes("drop");
    private static final int AT_ONCE = 20;

    private final Exchange exchange;
    private final Delivery delivery;
    private final @Nullable BatchMarks marks;

    /**
     * @param marks where marks of members of batches go; null where none are recorded
     */
    Effects(Exchange exchange, Delivery delivery, @Nullable BatchMarks marks) {
        this.exchange = exchange;
        this.delivery = delivery;
        this.marks = marks;
    }

    /** How an effect gets to where it belongs. */
    @FunctionalInterface
    interface Delivery {
        /**
         * The call that does it, and that the receiver knows if it comes twice.
         *
         * @throws IllegalArgumentException or {@link IndexOutOfBoundsException} if the content cannot be read
         */
        Call call(byte[] content) throws RedisFault;
    }

    /** Delivers effects that were recorded just now; what fails is left to a sweep. */
    void deliver(QueueKeys from, List<?> recorded) {
        List<byte[]> names = new ArrayList<>(recorded.size());
        List<byte[]> marked = new ArrayList<>();
        recorded.forEach(
                name -> (marks != null && BatchMarks.isMark((byte[]) name) ? marked : names).add((byte[]) name));
        if (marks != null && !marked.isEmpty()) {
            marks.deliverFresh(from, marked);
        }
        for (int start = 0; start < names.size(); start += AT_ONCE) {
            List<byte[]> some = names.subList(start, Math.min(names.size(), start + AT_ONCE));
            try {
                deliverSome(from, some);
            } catch (RedisFault fault) {
                LOG.log(
                        Level.WARNING,
                        "GOOSE-3018: {0} jobs that queue ''{1}'' has for other queues are delayed, they are sent again by a"
                                + " sweep: {2}",
                        some.size(),
                        from.queue,
                        fault.getMessage());
            }
        }
    }

    /** Delivers some of the effects that nobody has delivered for a while; returns how many. */
    int deliverOld(QueueKeys from) throws RedisFault {
        return deliverSome(from, List.of());
    }

    /** Whether there may be more after so many. */
    static boolean mayBeMore(int delivered) {
        return delivered >= AT_ONCE;
    }

    private int deliverSome(QueueKeys from, List<byte[]> names) throws RedisFault {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(TAKE);
        arguments.add(QueueKeys.bytes(AT_ONCE));
        arguments.addAll(names);
        List<Object> taken = run(from, arguments).list();
        if (taken.isEmpty()) {
            return 0;
        }
        List<Call> calls = new ArrayList<>();
        List<byte[]> sent = new ArrayList<>();
        List<byte[]> marked = new ArrayList<>();
        RedisFault failure = null;
        for (int i = 0; i < taken.size(); i += 2) {
            byte[] name = (byte[]) taken.get(i);
            if (marks != null && BatchMarks.isMark(name)) {
                marked.add(name);
                continue;
            }
            try {
                calls.add(delivery.call((byte[]) taken.get(i + 1)));
                sent.add(name);
            } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
                failure = new RedisFault(
                        Kind.WRONG, "what is recorded as " + Records.text(name) + " cannot be read", unreadable);
            }
        }
        if (marks != null && !marked.isEmpty()) {
            try {
                marks.deliver(from, marked);
            } catch (RedisFault fault) {
                failure = fault;
                marked.clear();
            }
        }
        List<byte[]> dropped = new ArrayList<>();
        dropped.add(DROP);
        List<Answer> answers = exchange.run(calls);
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            if (answer.fault() != null) {
                failure = answer.fault();
            } else if (answer.shortfall() != null) { // kept here until it is there for good
                failure = new RedisFault(Kind.UNANSWERED, answer.shortfall(), null);
            } else {
                dropped.add(sent.get(i));
            }
        }
        if (dropped.size() > 1) {
            run(from, dropped);
        }
        if (failure != null) {
            throw failure;
        }
        return dropped.size() - 1 + marked.size();
    }

    private Answer run(QueueKeys from, List<byte[]> arguments) throws RedisFault {
        Answer answer = exchange.run(List.of(Call.script(Script.EFFECTS, from, from.of(Script.EFFECTS), arguments)))
                .get(0);
        RedisFault fault = answer.fault();
        if (fault != null) {
            throw fault;
        }
        return answer;
    }
}
