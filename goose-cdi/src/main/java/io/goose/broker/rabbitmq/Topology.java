package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.goose.BrokerRefusedException;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.RabbitSettings.QueueType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes what jobs need in RabbitMQ, and sees that what is there can be used. What was seen counts as long as the connection
 * does: after an outage all is looked at again, for a node may have come back without it. Thread-safe.
 */
final class Topology {

    private static final System.Logger LOG = System.getLogger(Topology.class.getPackageName());

    private static final int MOST_COMPARISONS = 8;
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private static final int MOST_NOTES = 1_000;
    private static final Duration AGE_OF_NOTES = Duration.ofDays(7);

    private final Link link;
    private final BiConsumer<String, String> registrar;
    private final Consumer<String> vanished;
    private final Names names;
    private final QueueType type;
    private final ReentrantLock making = new ReentrantLock();
    private volatile Known known = new Known(null);

    /**
     * @param link that is not blocked when the broker is short of memory
     * @param registrar sends a text to a queue, and waits until it is there
     * @param vanished is told of each queue that is not there, before it is made
     */
    Topology(Link link, BiConsumer<String, String> registrar, Consumer<String> vanished, Names names, QueueType type) {
        this.link = link;
        this.registrar = registrar;
        this.vanished = vanished;
        this.names = names;
        this.type = type;
    }

    /**
     * What was seen on a connection.
     *
     * @param names what is there as far as is known
     * @param ever the queues that were there at some time
     */
    private record Known(@Nullable Connection connection, Set<String> names, Set<String> ever) {
        Known(@Nullable Connection connection) {
            this(connection, ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        }
    }

    private Known known() {
        Connection connection = link.connection();
        Known now = known;
        if (now.connection() != connection) {
            now = new Known(connection);
            known = now; // a race costs another look
        }
        return now;
    }

    /**
     * Has a queue of Goose be there.
     *
     * @throws GooseException if it cannot be made, or is of a kind that must not be used
     */
    void ensure(String queue) {
        Known seen = known();
        if (seen.names().contains(queue)) {
            return;
        }
        leaveTime(queue, seen);
        inTurn("look at queue '" + queue + "'", () -> {
            if (seen.names().contains(queue)) {
                return;
            }
            ensureUnrouted(seen);
            boolean isNew = !exists(names.back(queue));
            if (isNew) {
                register(queue); // before the queue is there, so that no queue is unknown
            }
            // The first of these that others look for comes last.
            queue(names.parked(queue), kept());
            queue(names.dead(queue), kept());
            queue(names.suspect(queue), ready(queue));
            queue(names.front(queue), ready(queue));
            link.once("bind queue '" + queue + "'", channel -> {
                exchange(channel, names.due(), BuiltinExchangeType.TOPIC);
                return channel.queueBind(names.front(queue), names.due(), Ladder.out(queue));
            });
            queue(names.back(queue), ready(queue));
            seen.names().add(queue);
            seen.ever().add(queue);
        });
    }

    /**
     * Waits for a moment if a queue was there and is not any more, so that RabbitMQ sees to its consumers: version 3 would move them to
     * the new one, and tell nobody. Those of another connection ended with it.
     */
    private void leaveTime(String queue, Known seen) {
        if (!seen.ever().contains(queue) || exists(names.back(queue))) {
            return;
        }
        vanished.accept(names.back(queue));
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Faults.unavailable("make queue '" + queue + "' again", link.where(), stopped);
        }
    }

    /** One at a time looks and makes; who waits for that waits no longer than for a confirmation. */
    private void inTurn(String what, Runnable action) {
        try {
            if (!making.tryLock(link.patience().toNanos(), TimeUnit.NANOSECONDS)) {
                throw Faults.unavailable(
                        what,
                        link.where(),
                        new TimeoutException("others have waited for an answer for " + link.patience()));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Faults.unavailable(what, link.where(), stopped);
        }
        try {
            action.run();
        } finally {
            making.unlock();
        }
    }

    /** Whether a queue was seen to be there. */
    boolean knows(String queue) {
        return known().names().contains(queue);
    }

    /** Has the ladder be there. */
    void ensureLadder() {
        Known seen = known();
        if (seen.names().contains(names.ladder())) {
            return;
        }
        inTurn("look at the ladder", () -> {
            if (seen.names().contains(names.ladder())) {
                return;
            }
            ensureUnrouted(seen);
            if (!isExchange(names.ladder())) {
                makeLadder();
            }
            seen.names().add(names.ladder());
        });
    }

    /** Has the place of notes of who runs which suspect be there. */
    void ensureRunners() {
        Known seen = known();
        if (!seen.names().contains(names.runners())) {
            inTurn("look at the notes of who runs suspects", () -> {
                queue(names.runners(), QueueArguments.passing(MOST_NOTES, AGE_OF_NOTES));
                seen.names().add(names.runners());
            });
        }
    }

    /** Has it looked at again: it is not there. */
    void forgetRunners() {
        known.names().remove(names.runners());
    }

    private void makeLadder() {
        link.once(
                "make the exchange of due jobs", channel -> exchange(channel, names.due(), BuiltinExchangeType.TOPIC));
        for (int level = 0; level < Ladder.LEVELS; level++) {
            int at = level;
            String next = level == 0 ? names.due() : names.level(level - 1);
            Map<String, Object> rung = QueueArguments.quorum();
            rung.put("x-message-ttl", Ladder.millis(level));
            rung.put("x-dead-letter-exchange", next);
            queue(names.level(level), rung);
            link.once("make level " + level + " of the ladder", channel -> {
                exchange(channel, names.level(at), BuiltinExchangeType.TOPIC);
                channel.queueBind(names.level(at), names.level(at), Ladder.binding(at, true));
                return channel.exchangeBind(next, names.level(at), Ladder.binding(at, false));
            });
        }
        link.once(
                "say that the ladder is there",
                channel -> exchange(channel, names.ladder(), BuiltinExchangeType.FANOUT));
    }

    private void ensureUnrouted(Known seen) {
        if (seen.names().add(names.unrouted())) {
            boolean done = false;
            try {
                queue(names.unrouted(), QueueArguments.quorum());
                link.once("make the place of what has nowhere to go", channel -> {
                    channel.exchangeDeclare(names.unrouted(), BuiltinExchangeType.FANOUT, true);
                    return channel.queueBind(names.unrouted(), names.unrouted(), "");
                });
                queue(names.registry(), QueueArguments.quorum());
                done = true;
            } finally {
                if (!done) {
                    seen.names().remove(names.unrouted());
                }
            }
        }
    }

    private AMQP.Exchange.DeclareOk exchange(Channel channel, String name, BuiltinExchangeType kind)
            throws IOException {
        return channel.exchangeDeclare(name, kind, true, false, Map.of("alternate-exchange", names.unrouted()));
    }

    /** Has a queue looked at again: something was not routed there. Does not wait for the broker. */
    void forget(String queue) {
        Set<String> seen = known.names();
        seen.remove(queue);
        seen.remove(names.unrouted());
    }

    /** Has the ladder looked at again, and made again. */
    void forgetLadder() {
        known.names().remove(names.ladder());
        link.once("mend the ladder", channel -> {
            channel.exchangeDelete(names.ladder());
            return true;
        });
    }

    private void register(String queue) {
        registrar.accept(names.registry(), queue);
    }

    private Map<String, Object> ready(String queue) {
        Map<String, Object> wanted = type == QueueType.QUORUM ? QueueArguments.quorum() : QueueArguments.classic();
        wanted.put("x-dead-letter-exchange", "");
        wanted.put("x-dead-letter-routing-key", names.parked(queue));
        return wanted;
    }

    private Map<String, Object> kept() {
        Map<String, Object> wanted = type == QueueType.QUORUM ? QueueArguments.quorum() : QueueArguments.classic();
        wanted.put("x-dead-letter-exchange", names.unrouted());
        return wanted;
    }

    /** Has a queue be there. One that is there is compared in what matters, for arguments differ from version to version. */
    private void queue(String name, Map<String, Object> wanted) {
        if (!exists(name)) {
            vanished.accept(name);
            try {
                declare(name, wanted);
                return;
            } catch (GooseException notMade) {
                if (Faults.code(notMade) != AMQP.PRECONDITION_FAILED) {
                    throw notMade;
                } // somebody has just made it
            }
        }
        compare(name, wanted);
    }

    private void compare(String name, Map<String, Object> wanted) {
        Map<String, Object> asked = new HashMap<>(wanted);
        List<String> wrong = new ArrayList<>();
        GooseException last = null;
        for (int i = 0; i < MOST_COMPARISONS; i++) {
            try {
                declare(name, asked);
                break;
            } catch (GooseException unlike) {
                QueueArguments.Difference difference = Faults.code(unlike) == AMQP.PRECONDITION_FAILED
                        ? QueueArguments.difference(Faults.text(unlike))
                        : null;
                if (difference == null) {
                    LOG.log(DEBUG, "queue {0} is there and cannot be compared: {1}", name, unlike.getMessage());
                    break; // as without the right to declare: whoever made it has seen to it
                }
                last = unlike;
                if (QueueArguments.matters(difference.name())) {
                    wrong.add(
                            difference.name() + " is " + difference.current() + " and must be " + difference.wanted());
                }
                QueueArguments.accept(asked, difference); // RabbitMQ names one at a time
            }
        }
        if (!wrong.isEmpty()) {
            throw new BrokerRefusedException(
                    "GOOSE-3086: jobs would not be safe in queue '" + name + "' at " + link.where()
                            + ", which is there: "
                            + String.join(", ", wrong)
                            + ". Set goose.broker.<name>.queue-type to what it is, use another goose.namespace, or move its"
                            + " messages and delete it",
                    last);
        }
    }

    private AMQP.Queue.DeclareOk declare(String name, Map<String, Object> wanted) {
        return link.once(
                "declare queue '" + name + "'", channel -> channel.queueDeclare(name, true, false, false, wanted));
    }

    private boolean exists(String name) {
        return messages(name) >= 0;
    }

    /** How many messages of a queue wait; -1 if it is not there. */
    long messages(String name) {
        return absentAsNull("look at queue '" + name + "'", channel ->
                        (long) channel.queueDeclarePassive(name).getMessageCount())
                .longValue();
    }

    /** Whether a queue that only one connection can have is ours; with the connection it is gone, and the next who asks has it. */
    boolean leads() {
        try {
            link.once("see who leads", channel -> channel.queueDeclare(names.leader(), false, true, false, Map.of()));
            return true;
        } catch (GooseException others) {
            return switch (Faults.code(others)) {
                case AMQP.RESOURCE_LOCKED -> false;
                case AMQP.ACCESS_REFUSED -> true; // who may not declare it tells them too: all tell the same
                default -> throw others;
            };
        }
    }

    private boolean isExchange(String name) {
        return absentAsNull("look at exchange '" + name + "'", channel -> {
                    channel.exchangeDeclarePassive(name);
                    return 0L;
                })
                >= 0;
    }

    private Long absentAsNull(String what, Link.Work<Long> work) {
        return link.once(what, channel -> {
            try {
                return work.on(channel);
            } catch (IOException failure) {
                if (Faults.code(failure) == AMQP.NOT_FOUND) {
                    return -1L;
                }
                throw failure;
            }
        });
    }
}
