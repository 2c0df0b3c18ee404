package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.broker.redis.RedisFault.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Carries calls out: pipelined per server, sent whole where a script is not known, sent on where a slot has moved, once more
 * where an idle connection had been dropped. What a server does not do now is left to the caller. Thread-safe; blocks the
 * calling thread, at most for the timeouts.
 */
final class Exchange implements AutoCloseable {

    /** How long a slot that is on the move is asked for. */
    private static final long MOVING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int MOST_ROUNDS = 50;

    private final Topology topology;
    private final String where;
    private volatile boolean closed;

    Exchange(Topology topology, String where) {
        this.topology = topology;
        this.where = where;
    }

    /** What this is connected to, with no credentials. */
    String where() {
        return where;
    }

    Topology topology() {
        return topology;
    }

    /** A call that must be answered. */
    Answer run(String what, Call call) {
        return checked(what, run(List.of(call)).get(0));
    }

    /** The answer, or the exception that its fault stands for. */
    Answer checked(String what, Answer answer) {
        RedisFault fault = answer.fault();
        if (fault != null) {
            throw exception(what, fault);
        }
        return answer;
    }

    GooseException exception(String what, RedisFault fault) {
        return fault.toPublic(what, where);
    }

    /** Carries calls out; one answer for each, in order. Never throws. */
    List<Answer> run(List<Call> calls) {
        Answer[] answers = new Answer[calls.size()];
        List<Pending> pending = new ArrayList<>(calls.size());
        for (int i = 0; i < answers.length; i++) {
            pending.add(new Pending(i, calls.get(i)));
        }
        long started = System.nanoTime();
        for (int round = 0; !pending.isEmpty(); round++) {
            boolean late = round >= MOST_ROUNDS || (round > 2 && System.nanoTime() - started > MOVING_NANOS);
            boolean paused = round == 0 || pending.stream().noneMatch(one -> one.fault != null) || pause(round);
            if (late || !paused) {
                for (Pending one : pending) {
                    one.fails(
                            answers,
                            Objects.requireNonNullElseGet(
                                    one.fault,
                                    () -> new RedisFault(
                                            Kind.NOT_NOW, "it was sent on or sent again too often", null)));
                }
                break;
            }
            pending = round(pending, answers);
        }
        return List.of(answers);
    }

    private static boolean pause(int round) {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(200, 10L * round));
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sends all calls, then reads all answers; returns those that have to be sent again. */
    private List<Pending> round(List<Pending> pending, Answer[] answers) {
        Map<Node, Batch> batches = new LinkedHashMap<>();
        for (Pending one : pending) {
            try {
                Node node = one.target != null ? one.target : nodeFor(one.call);
                batches.computeIfAbsent(node, Batch::new).calls.add(one);
            } catch (RedisFault fault) {
                one.fails(answers, fault);
            }
        }
        try {
            batches.values().forEach(Batch::write);
            List<Pending> again = new ArrayList<>();
            for (Batch batch : batches.values()) {
                batch.read(answers, again);
            }
            return again;
        } finally {
            batches.values().forEach(Batch::abandon);
        }
    }

    private Node nodeFor(Call call) throws RedisFault {
        if (closed) {
            throw new RedisFault(Kind.UNREACHABLE, "the broker is closed", null);
        }
        return topology.nodeFor(call.route());
    }

    @Override
    public void close() {
        closed = true;
        topology.close();
    }

    /** A call on its way. */
    private static final class Pending {
        private final int index;
        private final Call call;
        private boolean withText;
        private boolean repeated;
        private @Nullable Node target;
        private @Nullable RedisFault fault; // why it has to wait before it is sent again

        private Pending(int index, Call call) {
            this.index = index;
            this.call = call;
        }

        private void fails(Answer[] answers, RedisFault why) {
            answers[index] = Answer.failed(repeated ? why.afterLostAnswer() : why);
        }
    }

    /** The calls of one round for one server. */
    private final class Batch {
        private final Node node;
        private final List<Pending> calls = new ArrayList<>();
        private Node.@Nullable Lent lent;
        private @Nullable Barrier barrier;
        private @Nullable RedisFault unsent;
        private @Nullable RuntimeException cut;

        private Batch(Node node) {
            this.node = node;
        }

        private void write() {
            try {
                Node.Lent borrowed = node.borrow();
                lent = borrowed;
                barrier = node.barrier();
                for (Pending one : calls) {
                    write(borrowed.connection(), one);
                }
            } catch (RedisFault fault) {
                unsent = fault;
                topology.distrust(node);
            } catch (JedisException failure) {
                cut = failure;
            }
        }

        private void write(Connection connection, Pending one) {
            if (one.target != null) {
                connection.sendCommand(Command.ASKING);
            }
            connection.sendCommand(one.call.arguments(one.withText));
            Barrier next = barrier;
            if (next != null && one.call.isDurable()) {
                connection.sendCommand(next.arguments());
            }
        }

        private void read(Answer[] answers, List<Pending> again) {
            Node.Lent borrowed = lent;
            if (borrowed == null) {
                RedisFault fault = Objects.requireNonNull(unsent, "fault");
                calls.forEach(one -> one.fails(answers, fault));
                return;
            }
            boolean distrusted = false;
            for (Pending one : calls) {
                Answer answer = cut == null ? read(borrowed.connection(), one) : null;
                if (answer == null) {
                    RuntimeException failure = Objects.requireNonNull(cut, "failure");
                    if (borrowed.reused()
                            && one.call.isRepeatable()
                            && !one.repeated
                            && !RedisFault.isTimeout(failure)) {
                        one.repeated = true;
                        again.add(one);
                    } else {
                        one.fails(answers, RedisFault.broken(failure));
                        distrusted = true;
                    }
                    continue;
                }
                RedisFault fault = answer.fault();
                if (fault == null) {
                    answers[one.index] = answer;
                } else if (!sendAgain(one, fault, again)) {
                    one.fails(answers, fault);
                    distrusted |= fault.kind() == Kind.NOT_NOW;
                }
            }
            lent = null;
            if (cut != null || distrusted) {
                node.throwAway(borrowed.connection());
            } else {
                node.giveBack(borrowed.connection());
            }
            if (distrusted) {
                topology.distrust(node);
            }
        }

        /** After an Error, as when an answer did not fit into memory, nobody else gives the connection back. */
        private void abandon() {
            Node.Lent left = lent;
            if (left != null) {
                lent = null;
                node.throwAway(left.connection());
            }
        }

        /** One answer; null if the connection ended. */
        private @Nullable Answer read(Connection connection, Pending one) {
            try {
                if (one.target != null) {
                    connection.getOne(); // to ASKING
                }
                Object value = null;
                RedisFault fault = null;
                try {
                    value = connection.getOne();
                } catch (JedisDataException refused) {
                    fault = refused instanceof JedisRedirectionException && !topology.isCluster()
                            ? RedisFault.unexpectedCluster(refused)
                            : RedisFault.answered(refused);
                }
                String shortfall = null;
                Barrier next = barrier;
                if (next != null && one.call.isDurable()) {
                    try {
                        shortfall = next.shortfall(connection.getOne());
                    } catch (JedisDataException refused) {
                        fault = fault != null
                                ? fault
                                : new RedisFault(
                                        Kind.UNANSWERED, "the barrier failed: " + refused.getMessage(), refused);
                    }
                }
                return new Answer(value, shortfall, fault);
            } catch (JedisException failure) {
                cut = failure;
                return null;
            }
        }

        /** Whether the refusal can be mended by sending the call again, elsewhere or otherwise. */
        private boolean sendAgain(Pending one, RedisFault fault, List<Pending> again) {
            Throwable cause = fault.getCause();
            one.fault = null;
            if (cause instanceof JedisNoScriptException
                    || String.valueOf(fault.getMessage()).contains("NOSCRIPT")) {
                one.withText = true;
            } else if (fault.kind() == Kind.REFUSED) {
                return false;
            } else if (cause instanceof JedisMovedDataException moved) {
                topology.moved(moved.getSlot(), moved.getTargetNode());
                one.target = null;
            } else if (cause instanceof JedisAskDataException ask) {
                one.target = topology.at(ask.getTargetNode());
            } else if (cause instanceof JedisDataException data && isMoving(String.valueOf(data.getMessage()))) {
                one.target = null;
                one.fault = fault;
                topology.distrust(node);
            } else {
                return false;
            }
            again.add(one);
            return true;
        }

        private static boolean isMoving(String message) {
            return message.startsWith("TRYAGAIN") || message.startsWith("CLUSTERDOWN");
        }
    }
}
