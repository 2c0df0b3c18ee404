package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel by which the jobs of one queue come to one session. What it delivered is this session's until it is acknowledged
 * or the channel dies: then RabbitMQ gives all of it to others, and nothing of it can be settled any more. Thread-safe.
 */
final class Line {

    private static final System.Logger LOG = System.getLogger(Line.class.getPackageName());

    private static final long LAST_SECONDS = 1;
    private static final long QUIET_NANOS = 20_000_000L; // what is on its way comes sooner, or the queue is empty

    private final String queue;
    private final Names names;
    private final Messages messages;
    private final Channel channel;
    private final Acks acks;
    private final Consumer<Delivered> taken;
    private final Runnable changed;
    private final Map<Spot, Deque<Taker>> consumers = Map.of(
            Spot.FRONT, new ConcurrentLinkedDeque<>(),
            Spot.BACK, new ConcurrentLinkedDeque<>());
    private volatile boolean dead;

    /**
     * @param taken is told of each delivery, by a thread that must not be kept
     * @param changed is told of the end of the channel, or of a consumer
     */
    Line(String queue, Names names, Messages messages, Channel channel, Consumer<Delivered> taken, Runnable changed) {
        this.queue = queue;
        this.names = names;
        this.messages = messages;
        this.channel = channel;
        this.acks = new Acks(channel);
        this.taken = taken;
        this.changed = changed;
        channel.addShutdownListener(reason -> {
            dead = true;
            LOG.log(DEBUG, "the channel of queue {0} has ended: {1}", queue, reason.getMessage());
            changed.run();
        });
    }

    boolean isAlive() {
        return !dead && channel.isOpen();
    }

    boolean consumes(Spot spot) {
        return !consumers(spot).isEmpty();
    }

    private Deque<Taker> consumers(Spot spot) {
        return Objects.requireNonNull(consumers.get(spot));
    }

    private int prefetch(Spot spot) {
        return consumers(spot).stream().mapToInt(taker -> taker.flow.most()).sum();
    }

    /**
     * Has jobs come from the back or the front, so many at a time at most. That of a consumer cannot be changed and it must not be
     * cancelled while something is on its way, so another one is added; one too many is cancelled if it is calm.
     *
     * @return whether it is as it should be; if not, this is to be called again
     */
    boolean consume(Spot spot, int prefetch) throws IOException {
        int more = prefetch - prefetch(spot);
        if (more < 0) {
            lessen(spot, prefetch);
        } else if (more > 0) {
            add(spot, more);
        }
        return consumers(spot).stream().noneMatch(taker -> isTooMuch(taker, prefetch));
    }

    /** Whether there would be enough without it, or a smaller one were enough in its place. */
    private boolean isTooMuch(Taker taker, int prefetch) {
        int rest = prefetch(taker.spot) - taker.flow.most();
        return rest >= prefetch || (rest == 0 && taker.flow.most() > prefetch);
    }

    private void lessen(Spot spot, int prefetch) throws IOException {
        for (Taker taker : List.copyOf(consumers(spot))) {
            if (isTooMuch(taker, prefetch) && taker.flow.isCalm(TimeUnit.SECONDS.toNanos(LAST_SECONDS))) {
                consumers(spot).remove(taker);
                channel.basicCancel(taker.tag);
                if (consumers(spot).isEmpty()) {
                    add(spot, prefetch);
                }
            }
        }
    }

    private void add(Spot spot, int prefetch) throws IOException {
        channel.basicQos(prefetch);
        Taker taker = new Taker(spot, prefetch);
        consumers(spot).addFirst(taker); // before the broker knows it, which may end it at once
        boolean good = false;
        try {
            channel.basicConsume(spot == Spot.BACK ? names.back(queue) : names.front(queue), false, taker.tag, taker);
            good = true;
        } finally {
            if (!good) {
                consumers(spot).remove(taker);
            }
        }
    }

    /** Has no more jobs come; waits until all that were on their way have, at most a second. */
    void cancel() throws IOException {
        List<Taker> all = new ArrayList<>();
        for (Spot spot : List.of(Spot.FRONT, Spot.BACK)) {
            all.addAll(consumers(spot));
        }
        acks.hold(); // each one lets more come
        try {
            awaitCalm(all);
            for (Taker taker : all) {
                consumers(taker.spot).remove(taker);
                channel.basicCancel(taker.tag);
            }
            all.forEach(Taker::awaitEnd);
        } finally {
            acks.release();
        }
    }

    private static void awaitCalm(List<Taker> all) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
        try {
            for (Taker taker : all) {
                taker.flow.awaitCalm(QUIET_NANOS, end - System.nanoTime());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** A message that is fetched, one of the suspects for one; null if there is none. How many are left is told to {@code left}. */
    @Nullable Delivered get(String physical, Spot from, IntConsumer left) throws IOException {
        GetResponse got = channel.basicGet(physical, false);
        if (got == null) {
            left.accept(0);
            return null;
        }
        left.accept(got.getMessageCount());
        return delivered(from, null, got.getEnvelope(), got.getProps(), got.getBody());
    }

    private Delivered delivered(
            Spot from, @Nullable Flow flow, Envelope envelope, BasicProperties properties, byte[] bytes) {
        EncodedEnvelope body = EncodedEnvelope.wrap(bytes);
        QueuedJob job;
        String problem = null;
        try {
            job = messages.read(queue, properties, body);
        } catch (Messages.UnreadableException unreadable) {
            problem = unreadable.getMessage();
            job = new QueuedJob(queue, JobId.random(), body, DeliveryState.FRESH);
        }
        boolean again = envelope.isRedeliver();
        return new Delivered(
                this,
                envelope.getDeliveryTag(),
                job,
                from,
                again,
                again || from == Spot.SUSPECT || Messages.header(properties, Messages.AGAIN) != null,
                System.nanoTime(),
                problem,
                flow);
    }

    /** Ends deliveries of this line. */
    void acknowledge(Collection<Delivered> deliveries) throws IOException {
        List<Long> numbers = new ArrayList<>(deliveries.size());
        for (Delivered delivered : deliveries) {
            delivered.ends();
            numbers.add(delivered.number());
        }
        acks.acknowledge(numbers);
    }

    /** Gives one back to its queue, as the broker does after a crash. */
    void giveBack(Delivered delivered) throws IOException {
        delivered.ends();
        acks.giveBack(delivered.number());
    }

    /** Ends the channel: what it delivered and nobody acknowledged is for others. */
    void end() {
        dead = true;
        Link.end(channel);
    }

    private final class Taker extends DefaultConsumer {
        private final Spot spot;
        private final Flow flow;
        private final String tag = UUID.randomUUID().toString();
        private final CountDownLatch end = new CountDownLatch(1);

        private Taker(Spot spot, int most) {
            super(channel);
            this.spot = spot;
            this.flow = new Flow(most);
        }

        private void awaitEnd() {
            try {
                if (!end.await(LAST_SECONDS, TimeUnit.SECONDS)) {
                    LOG.log(DEBUG, "what was on its way to a consumer of queue {0} comes later", queue);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        /** Comes behind all deliveries. */
        @Override
        public void handleCancelOk(String consumerTag) {
            end.countDown();
        }

        @Override
        public void handleDelivery(String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
            flow.came();
            taken.accept(delivered(spot, flow, envelope, properties, body));
        }

        /** The queue was deleted, or has no leader any more. */
        @Override
        public void handleCancel(String consumerTag) {
            consumers(spot).remove(this);
            end.countDown();
            LOG.log(
                    WARNING,
                    "GOOSE-3091: RabbitMQ delivers nothing of {0} any more, for the queue was deleted or lost its leader;"
                            + " it is made again if it is gone",
                    queue);
            changed.run();
        }

        @Override
        public void handleShutdownSignal(String consumerTag, ShutdownSignalException reason) {
            end.countDown(); // the channel's own listener has the rest
        }
    }
}
