package io.goose.broker.redis;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

    /** Delivers effects that nobody has delivered for a while; returns how many. */
    int deliverOld(QueueKeys from) throws RedisFault {
        int total = 0;
        while (true) {
            int delivered = deliverSome(from, List.of());
            total += delivered;
            if (delivered < AT_ONCE) {
                return total;
            }
        }
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
        List<Call> sends = new ArrayList<>();
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < taken.size(); i += 2) {
            sent.add((byte[]) taken.get(i));
            sends.add(send((byte[]) taken.get(i + 1)));
        }
        List<byte[]> dropped = new ArrayList<>();
        dropped.add(DROP);
        RedisFault failure = null;
        List<Answer> answers = exchange.run(sends);
        for (int i = 0; i < answers.size(); i++) {
            RedisFault fault = answers.get(i).fault();
            if (fault == null) {
                dropped.add(sent.get(i));
            } else {
                failure = fault;
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

    /** The header is queue, lane, time, mark, length of the id, length of the record; then these two and the envelope. */
    private Call send(byte[] content) throws RedisFault {
        int end = 0;
        while (content[end] != '\n') {
            end++;
        }
        String[] header = Records.text(Arrays.copyOf(content, end)).split(" ", -1);
        int idEnd = end + 1 + Integer.parseInt(header[4]);
        int recordEnd = idEnd + Integer.parseInt(header[5]);
        RedisFault unknown = registry.note(List.of(header[0]));
        if (unknown != null) {
            throw unknown;
        }
        QueueKeys to = registry.keys(header[0]);
        List<byte[]> arguments = List.of(
                wakePrefix,
                to.queueBytes,
                QueueKeys.bytes(0),
                retentionMillis,
                Arrays.copyOfRange(content, end + 1, idEnd),
                QueueKeys.bytes(header[1]),
                QueueKeys.bytes(header[2]),
                QueueKeys.bytes(header[3]),
                Arrays.copyOfRange(content, idEnd, recordEnd),
                Arrays.copyOfRange(content, recordEnd, content.length));
        return Call.script(Script.ENQUEUE, to, to.of(Script.ENQUEUE, to.sent("none")), arguments);
    }
}
