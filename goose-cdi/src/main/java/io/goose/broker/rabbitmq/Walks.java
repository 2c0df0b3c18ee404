package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.job.EncodedEnvelope;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks through a queue of RabbitMQ, which has no such thing: takes all messages without acknowledging them, does something with
 * some, and puts the rest back where they were. One at a time does so, or what one has in its hands would seem to be gone to
 * another. If it dies, all go back. Thread-safe.
 */
final class Walks {

    private static final System.Logger LOG = System.getLogger(Walks.class.getPackageName());
    private static final long AGAIN_MILLIS = 20;
    private static final long MOST_BACK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Link consuming;
    private final Sender sender;
    private final Duration patience;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /**
     * @param patience how long to wait for others that look through the same queue
     */
    Walks(Link consuming, Sender sender, Duration patience) {
        this.consuming = consuming;
        this.sender = sender;
        this.patience = patience;
    }

    /** A message that is looked at. */
    record Seen(BasicProperties properties, EncodedEnvelope body) {}

    /** What to do with a message. */
    sealed interface Step {
        /** Leave it, and look at the next. */
        record Leave() implements Step {
            static final Leave INSTANCE = new Leave();
        }

        /** Leave it, and look no further. What was left may go behind the rest then. */
        record Stop() implements Step {
            static final Stop INSTANCE = new Stop();
        }

        /** Leave this one where it was, in front of all, and look no further. Only for one before which none was left. */
        record PutBack() implements Step {
            static final PutBack INSTANCE = new PutBack();
        }

        /** Take it away; perhaps look no further. */
        record Remove(boolean last) implements Step {}

        /** Take it away when this is sent and confirmed; perhaps look no further. */
        record Replace(Parcel parcel, boolean last) implements Step {}
    }

    /** Says what to do with a message. */
    @FunctionalInterface
    interface Visitor {
        Step visit(Seen message);
    }

    /** Looks through a queue from its front, to its end or until the visitor stops. One that does not exist is empty. */
    void through(String physical, Visitor visitor) {
        ReentrantLock mine = locks.computeIfAbsent(physical, name -> new ReentrantLock());
        mine.lock(); // the broker's lock is the connection's, and so that of all threads here
        try {
            String lock = physical + ":walk";
            Channel channel = locked(lock);
            long whole = 0;
            try {
                whole = walk(channel, physical, visitor);
            } finally {
                Link.end(channel); // what is not acknowledged goes back to its place
                awaitBack(physical, whole);
                unlock(lock);
            }
        } finally {
            mine.unlock();
        }
    }

    /** Returns how many messages there are at least when one that goes back with the channel is there again; 0 if none does. */
    private long walk(Channel channel, String physical, Visitor visitor) {
        long left = 0;
        long whole = 0;
        try {
            boolean last = false;
            while (!last) {
                GetResponse got = channel.basicGet(physical, false);
                if (got == null) {
                    break;
                }
                Step step = visitor.visit(new Seen(got.getProps(), EncodedEnvelope.wrap(got.getBody())));
                last = take(channel, got, step);
                if (step instanceof Step.Leave || step instanceof Step.Stop) {
                    left = got.getEnvelope().getDeliveryTag();
                } else if (step instanceof Step.PutBack) {
                    whole = 1L + got.getMessageCount();
                }
            }
            if (left > 0) { // at the end of a channel it would take a moment, in which the next look misses them
                channel.basicNack(left, true, true);
            }
        } catch (IOException | RuntimeException failure) {
            if (failure instanceof GooseException ours) {
                throw ours;
            }
            if (Faults.code(failure) != AMQP.NOT_FOUND) {
                throw Faults.exception("look through '" + physical + "'", consuming.where(), failure);
            }
        }
        return whole;
    }

    /** Waits a little until so many messages are there, for the next who looks would miss one that is on its way back. */
    private void awaitBack(String physical, long whole) {
        long end = System.nanoTime() + MOST_BACK_NANOS;
        try {
            while (whole > 0 && System.nanoTime() - end < 0 && count(physical) < whole) {
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (GooseException away) {
            LOG.log(DEBUG, "what was looked at in {0} goes back by itself: {1}", physical, away.getMessage());
        }
    }

    private long count(String physical) {
        return consuming.once("count what is in '" + physical + "'", channel ->
                (long) channel.queueDeclarePassive(physical).getMessageCount());
    }

    private boolean take(Channel channel, GetResponse got, Step step) throws IOException {
        long number = got.getEnvelope().getDeliveryTag();
        if (step instanceof Step.Remove remove) {
            channel.basicAck(number, false);
            return remove.last();
        } else if (step instanceof Step.Replace replace) {
            sender.mustDeliver(List.of(replace.parcel()));
            channel.basicAck(number, false);
            return replace.last();
        }
        return step instanceof Step.Stop || step instanceof Step.PutBack;
    }

    /** A channel, when nobody else in the cluster of workers looks through the same queue. */
    private Channel locked(String lock) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Channel channel = consuming.channel();
            try {
                channel.queueDeclare(lock, false, true, true, Map.of());
                return channel;
            } catch (IOException | RuntimeException failure) {
                Link.end(channel);
                if (Faults.code(failure) != AMQP.RESOURCE_LOCKED || System.nanoTime() - end > 0) {
                    throw Faults.exception("look through what '" + lock + "' guards", consuming.where(), failure);
                }
                pause(failure);
            }
        }
    }

    private void pause(Exception reason) {
        try {
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Faults.unavailable("wait for another who looks through the same queue", consuming.where(), reason);
        }
    }

    private void unlock(String lock) {
        try {
            consuming.once("end a look through a queue", channel -> channel.queueDelete(lock));
        } catch (GooseException gone) {
            LOG.log(DEBUG, "the lock {0} ends with its connection: {1}", lock, gone.getMessage());
        }
    }
}
