package io.goose.broker.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.goose.broker.rabbitmq.Publication.Fate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A channel whose messages are confirmed one by one, in any order and at any time. A message that has nowhere to go comes back
 * and is confirmed then: both are put together here, so that it fails and no neighbour does.
 *
 * <p>Channels of RabbitMQ can be of no use for a queue although the queue is well: one that was first used when the queue had
 * lost its leader asks the dead one for ever and refuses everything (3.10), or answers nothing for a minute. So one that
 * refuses or is silent {@link #isSpent is spent}, and another takes its place. Thread-safe.
 */
final class ConfirmChannel implements ConfirmListener {

    private final Channel channel;
    private final ReentrantLock publishing = new ReentrantLock(); // the numbers are given in the order of the messages
    private final ConcurrentNavigableMap<Long, Publication> underWay = new ConcurrentSkipListMap<>();
    private final long openedNanos = System.nanoTime();
    private volatile long heardNanos = openedNanos;
    private volatile long gaveUpNanos = openedNanos - 1;
    private volatile boolean refuses;
    private volatile @Nullable Exception broken; // why this side closes it

    private ConfirmChannel(Channel channel) {
        this.channel = channel;
    }

    /** Opens one. */
    static ConfirmChannel open(Link link) {
        Channel channel = link.channel();
        ConfirmChannel made = new ConfirmChannel(channel);
        try {
            channel.addConfirmListener(made);
            channel.addReturnListener(made::returned);
            channel.addShutdownListener(made::ended);
            channel.confirmSelect();
        } catch (IOException | RuntimeException failure) {
            Link.end(channel);
            throw Faults.exception("open a channel for jobs", link.where(), failure);
        }
        return made;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Whether another should take its place: it has refused a message, or has said nothing since before one was given up.
     *
     * @param leastNanos how old it must be, so that a full queue, which refuses as well, does not cost a channel for each message
     */
    boolean isSpent(long leastNanos) {
        return (refuses && System.nanoTime() - openedNanos > leastNanos) || isSilent();
    }

    private boolean isSilent() {
        return gaveUpNanos - heardNanos > 0;
    }

    /**
     * Closes it if all is known that it was to tell; whether it is closed. One that is silent stays: the broker would take
     * another one of the same number for a mistake.
     */
    boolean closeIfIdle() {
        if (channel.isOpen() && underWay.isEmpty() && !isSilent()) {
            Link.end(channel);
        }
        return !channel.isOpen();
    }

    /** Sends a message; what becomes of it is told to itself. False if others have kept the channel until the deadline. */
    boolean publish(Publication message, long deadlineNanos) throws InterruptedException {
        if (!publishing.tryLock(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            long number = channel.getNextPublishSeqNo();
            underWay.put(number, message);
            try {
                channel.basicPublish(message.exchange(), message.key(), true, message.properties(), message.body());
            } catch (AlreadyClosedException closed) {
                underWay.remove(number);
                message.end(new Fate.Unknown(false, closed));
            } catch (IOException | RuntimeException failure) {
                underWay.remove(number);
                message.end(new Fate.Unknown(true, failure));
                broken = failure;
                Link.end(channel); // its numbers may not be the broker's any more
            }
            if (!channel.isOpen()) { // it may have ended before this message was noted
                ended(channel.getCloseReason());
            }
            return true;
        } finally {
            publishing.unlock();
        }
    }

    @Override
    public void handleAck(long number, boolean multiple) {
        heardNanos = System.nanoTime();
        for (Publication message : taken(number, multiple)) {
            message.end(message.taken());
        }
    }

    @Override
    public void handleNack(long number, boolean multiple) {
        heardNanos = System.nanoTime();
        refuses = true;
        for (Publication message : taken(number, multiple)) {
            message.end(Fate.Refused.INSTANCE);
        }
    }

    private List<Publication> taken(long number, boolean multiple) {
        if (!multiple) {
            Publication one = underWay.remove(number);
            return one == null ? List.of() : List.of(one);
        }
        List<Publication> all = new ArrayList<>();
        for (var first = underWay.firstEntry();
                first != null && first.getKey() <= number;
                first = underWay.firstEntry()) {
            Publication message = underWay.remove(first.getKey());
            if (message != null) {
                all.add(message);
            }
        }
        return all;
    }

    /** Comes before the confirmation of the same message, and in the order of the messages. */
    private void returned(Return back) {
        AMQP.BasicProperties properties = back.getProperties();
        underWay.values().stream()
                .filter(message -> message.isLike(back.getExchange(), back.getRoutingKey(), properties.getMessageId()))
                .findFirst()
                .ifPresent(Publication::noteReturn);
    }

    private void ended(ShutdownSignalException reason) {
        Exception ours = broken;
        Exception cause = ours == null ? reason : ours; // that we closed it is no reason
        underWay.keySet().forEach(number -> {
            Publication message = underWay.remove(number);
            if (message != null) {
                message.end(new Fate.Unknown(true, cause));
            }
        });
    }

    /** Gives up what was sent before this; a confirmation that comes later changes nothing. */
    void giveUp(long beforeNanos, String where) {
        underWay.forEach((number, message) -> {
            if (message.sentNanos() - beforeNanos < 0 && underWay.remove(number, message)) {
                if (heardNanos - message.sentNanos() < 0) {
                    gaveUpNanos = System.nanoTime();
                }
                message.end(new Fate.Unknown(true, new TimeoutException("no confirmation came from " + where)));
            }
        });
    }
}
