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

        /** Leave it, and look no further. What was left goes behind the rest then, where a queue has a delivery limit. */
        record Stop() implements Step {
            static final Stop INSTANCE = new Stop();
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
            try {
                walk(channel, physical, visitor);
            } finally {
                unlock(channel, lock); // what is not acknowledged goes back to its place before
            }
        } finally {
            mine.unlock();
        }
    }

    private void walk(Channel channel, String physical, Visitor visitor) {
        long left = 0;
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
        return step instanceof Step.Stop;
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

    private void unlock(Channel walked, String lock) {
        Link.end(walked);
        try {
            consuming.once("end a look through a queue", channel -> channel.queueDelete(lock));
        } catch (GooseException gone) {
            LOG.log(DEBUG, "the lock {0} ends with its connection: {1}", lock, gone.getMessage());
        }
    }
}
