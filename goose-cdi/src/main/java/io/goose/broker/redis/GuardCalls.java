package io.goose.broker.redis;

import io.goose.broker.redis.Callers.Caller;
import io.goose.broker.redis.RedisFault.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls of scripts over many jobs: for each queue, and so many at a time as a call may have. Thread-safe. */
final class GuardCalls {

    static final int MOST = 500;
    static final int MOST_BYTES = 1 << 20;

    private final GuardParts parts;
    private final Callers callers = new Callers();

    GuardCalls(GuardParts parts) {
        this.parts = parts;
    }

    /**
     * How calls are made.
     *
     * @param numbered whether a repetition is told from another call by a number, which is the first argument
     * @param durable whether they have to be as durable as the broker
     * @param patient whether they are repeated for a while, as sends are
     */
    record Manner(boolean numbered, boolean durable, boolean patient) {
        static final Manner PLAIN = new Manner(false, false, false);
        static final Manner NUMBERED = new Manner(true, false, false);
        static final Manner DURABLE = new Manner(true, true, false);
        static final Manner ASK = new Manner(false, false, true);
        static final Manner SEND = new Manner(true, true, true);
    }

    /** One job, or what is to be said of it, and its arguments. */
    record Item(String queue, List<byte[]> arguments) {
        private long bytes() {
            return arguments.stream().mapToLong(argument -> argument.length).sum();
        }
    }

    /**
     * Some items of one queue and what was answered.
     *
     * @param items their indices
     */
    record Done(QueueKeys queue, List<Integer> items, Answer answer) {}

    private record Part(QueueKeys queue, List<Integer> items, Call call) {}

    /**
     * Makes as many calls as are needed; all are answered, in any order.
     *
     * @param what what is done, as in "cannot …"
     * @param header the arguments before those of the items, behind the number
     */
    List<Done> run(String what, Script script, Manner manner, List<byte[]> header, List<Item> items) {
        boolean interrupted = manner.patient() && Thread.interrupted(); // see Sender
        List<Caller> taken = new ArrayList<>();
        try {
            List<Part> open = new ArrayList<>();
            for (List<Integer> some : split(items)) {
                open.add(part(script, manner, header, items, some, taken));
            }
            return deliver(what, open, manner.patient());
        } finally {
            taken.forEach(callers::giveBack);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Indices of items that go together. */
    private static List<List<Integer>> split(List<Item> items) {
        List<List<Integer>> all = new ArrayList<>();
        Map<String, List<Integer>> last = new LinkedHashMap<>();
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            List<Integer> some = last.get(item.queue());
            long size = bytes.getOrDefault(item.queue(), 0L) + item.bytes();
            if (some == null || some.size() == MOST || size > MOST_BYTES) {
                some = new ArrayList<>();
                all.add(some);
                last.put(item.queue(), some);
                size = item.bytes();
            }
            some.add(i);
            bytes.put(item.queue(), size);
        }
        return all;
    }

    @SuppressWarnings("TooManyParameters") // what run was given, for some of its items
    private Part part(
            Script script,
            Manner manner,
            List<byte[]> header,
            List<Item> items,
            List<Integer> some,
            List<Caller> taken) {
        QueueKeys queue = parts.registry().keys(items.get(some.get(0)).queue());
        List<byte[]> keys = queue.of(script);
        List<byte[]> arguments = new ArrayList<>();
        if (manner.numbered()) {
            Caller caller = callers.take();
            taken.add(caller);
            keys = queue.of(script, caller.key(queue));
            arguments.add(caller.next());
        }
        arguments.addAll(header);
        some.forEach(i -> arguments.addAll(items.get(i).arguments()));
        Call call = Call.script(script, queue, keys, arguments);
        return new Part(queue, some, manner.durable() ? call.durably() : call);
    }

    private List<Done> deliver(String what, List<Part> all, boolean patient) {
        List<Done> done = new ArrayList<>();
        List<Part> open = all;
        boolean sent = false;
        long started = System.nanoTime();
        for (int round = 1; !open.isEmpty(); round++) {
            boolean late =
                    !patient || System.nanoTime() - started > parts.patience().toNanos();
            List<Answer> answers =
                    parts.exchange().run(open.stream().map(Part::call).toList());
            List<Part> again = new ArrayList<>();
            @Nullable RedisFault failure = null;
            for (int i = 0; i < answers.size(); i++) {
                Part part = open.get(i);
                RedisFault fault = answers.get(i).fault();
                String shortfall = answers.get(i).shortfall();
                if (fault == null && shortfall == null) {
                    done.add(new Done(part.queue, part.items, answers.get(i)));
                    continue;
                }
                fault = fault != null ? fault : new RedisFault(Kind.UNANSWERED, String.valueOf(shortfall), null);
                sent |= fault.maybeDone();
                boolean repeats = shortfall == null
                        && !late
                        && Sender.isWorthRepeating(fault, sent)
                        && !Thread.currentThread().isInterrupted();
                again.add(part);
                failure = repeats ? failure : fault;
            }
            if (failure != null) {
                throw parts.exchange().exception(what, failure);
            }
            open = again;
            if (!open.isEmpty()) {
                Sender.pause(round);
            }
        }
        return done;
    }
}
