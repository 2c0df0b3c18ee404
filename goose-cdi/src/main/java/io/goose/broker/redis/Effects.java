package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Delivers what a settle recorded for other queues: takes it, sends it with a dedupe mark, forgets it. What is not forgotten is
 * sent again by whoever sweeps later, and is known by its mark. Thread-safe.
 */
final class Effects {

    private static final Logger LOG = System.getLogger(Effects.class.getPackageName());
    private static final byte[] TAKE = QueueKeys.bytes("take");
    private static final byte[] DROP = QueueKeys.bytes("drop");
    private static final int AT_ONCE = 20;

    private final Exchange exchange;
    private final Registry registry;
    private final byte[] wakePrefix;
    private final byte[] retentionMillis;
    private final String sender = UUID.randomUUID().toString();
    private final AtomicLong sends = new AtomicLong();

    Effects(Exchange exchange, Registry registry, Duration retention) {
        this.exchange = exchange;
        this.registry = registry;
        this.wakePrefix = QueueKeys.bytes(registry.wakePrefix());
        this.retentionMillis = QueueKeys.bytes(retention.toMillis());
    }

    /** Delivers effects that were recorded just now; what fails is left to a sweep. */
    void deliver(QueueKeys from, List<?> names) {
        for (int start = 0; start < names.size(); start += AT_ONCE) {
            List<byte[]> some = new ArrayList<>();
            names.subList(start, Math.min(names.size(), start + AT_ONCE)).forEach(name -> some.add((byte[]) name));
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
        RedisFault failure = null;
        for (int i = 0; i < taken.size(); i += 2) {
            byte[] name = (byte[]) taken.get(i);
            try {
                calls.add(send((byte[]) taken.get(i + 1)));
                sent.add(name);
            } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
                failure = new RedisFault(
                        Kind.WRONG, "what is recorded as " + Records.text(name) + " cannot be read", unreadable);
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
        return dropped.size() - 1;
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

    /** The header is the lengths of queue, id and record, then lane, time and mark; then these three and the envelope. */
    private Call send(byte[] content) throws RedisFault {
        int end = 0;
        while (content[end] != '\n') {
            end++;
        }
        String[] header = Records.text(Arrays.copyOf(content, end)).split(" ", -1);
        int queueEnd = end + 1 + Integer.parseInt(header[0]);
        int idEnd = queueEnd + Integer.parseInt(header[1]);
        int recordEnd = idEnd + Integer.parseInt(header[2]);
        String queue = Records.text(Arrays.copyOfRange(content, end + 1, queueEnd));
        RedisFault unknown = registry.note(List.of(queue));
        if (unknown != null) {
            throw unknown;
        }
        QueueKeys to = registry.keys(queue);
        // The number makes the call write even if the job is there already: what is waited for includes the job then.
        List<byte[]> arguments = List.of(
                wakePrefix,
                to.queueBytes,
                QueueKeys.bytes(sends.incrementAndGet()),
                retentionMillis,
                Arrays.copyOfRange(content, queueEnd, idEnd),
                QueueKeys.bytes(header[3]),
                QueueKeys.bytes(header[4]),
                QueueKeys.bytes(header[5]),
                Arrays.copyOfRange(content, idEnd, recordEnd),
                Arrays.copyOfRange(content, recordEnd, content.length));
        return Call.script(Script.ENQUEUE, to, to.of(Script.ENQUEUE, to.sent(sender)), arguments)
                .durably();
    }
}
