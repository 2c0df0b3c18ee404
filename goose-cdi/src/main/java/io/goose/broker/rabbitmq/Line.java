package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel by which the jobs of one of RabbitMQ's queues come to one session: by a consumer, or one by one. What it delivered is
 * this session's until it is acknowledged or the channel dies: then RabbitMQ gives all of it to others, and nothing of it can be
 * settled any more.
 *
 * <p>A channel has one consumer in its life and serves one queue. RabbitMQ's channels know a queue by its name alone, and number what
 * came of it: once a queue was deleted and made again, an acknowledgement of what had come before could end a job of the new one, and
 * what the new one delivers could be dropped. When its queue is {@link #gone} the channel is of no use; what came by it is in no queue
 * then, and stays this session's without it. Thread-safe.
 */
final class Line {

    private static final System.Logger LOG = System.getLogger(Line.class.getPackageName());

    private static final long LAST_SECONDS = 1;

    private final String queue;
    private final String physical;
    private final Spot spot;
    private final Messages messages;
    private final Channel channel;
    private final Acks acks;
    private final Consumer<Delivered> taken;
    private final Runnable changed;
    private final AtomicInteger open = new AtomicInteger(); // deliveries that have come and are not acknowledged
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private volatile @Nullable Taker taker;

    private enum State {
        OPEN,
        /** Its queue is gone. */
        GONE,
        /** Others have what came by it. */
        DEAD
    }

    /**
     * @param physical what RabbitMQ calls the queue
     * @param spot what it is of the queue of Goose
     * @param taken is told of each delivery to a consumer, by a thread that must not be kept
     * @param changed is told of the end of the channel, or of its consumer
     */
    Line(
            String queue,
            String physical,
            Spot spot,
            Messages messages,
            Channel channel,
            Consumer<Delivered> taken,
            Runnable changed) {
        this.queue = queue;
        this.physical = physical;
        this.spot = spot;
        this.messages = messages;
        this.channel = channel;
        this.acks = new Acks(channel);
        this.taken = taken;
        this.changed = changed;
        channel.addShutdownListener(reason -> {
            state.compareAndSet(State.OPEN, State.DEAD);
            LOG.log(DEBUG, "the channel of {0} has ended: {1}", physical, reason.getMessage());
            if (!reason.isInitiatedByApplication()) {
                changed.run();
            }
        });
    }

    /** What RabbitMQ calls the queue. */
    String physical() {
        return physical;
    }

    /** Whether what came by it can still be settled, as far as is known here. */
    boolean isAlive() {
        State now = state.get();
        return now == State.GONE || (now == State.OPEN && channel.isOpen());
    }

    /** Whether its queue is not there any more: what came by it is in none. */
    boolean isGone() {
        return state.get() == State.GONE;
    }

    /** Whether jobs come to its consumer. */
    boolean consumes() {
        Taker own = taker;
        return own != null && own.end.getCount() > 0 && state.get() == State.OPEN && channel.isOpen();
    }

    /** Whether nothing more comes to a consumer, and all that came has been settled. */
    boolean isIdle() {
        Taker own = taker;
        return (own == null || own.end.getCount() == 0) && open.get() <= 0;
    }

    /** Has jobs come, so many at a time at most; once for each channel. */
    void consume(int most) throws IOException {
        Taker own = new Taker(most);
        taker = own; // before the broker knows it, which may end it at once
        channel.basicQos(most);
        channel.basicConsume(physical, false, own.tag, own);
    }

    /** How much it has on its way to the consumer; null if it has none. */
    @Nullable Flow flow() {
        Taker own = taker;
        return own == null ? null : own.flow;
    }

    /** How many jobs the consumer may have at a time; 0 if there is none. */
    int most() {
        Taker own = taker;
        return own == null ? 0 : own.flow.most();
    }

    /** Has acknowledgements wait, for each one lets more come. */
    void holdAcknowledgements() {
        acks.hold();
    }

    /** Sends those that have waited. */
    void releaseAcknowledgements() throws IOException {
        acks.release();
    }

    /** Has no more jobs come; what is on its way still does, until {@link #awaitEnd}. */
    void cancel() throws IOException {
        Taker own = taker;
        if (own == null || !consumes()) {
            return;
        }
        try {
            channel.basicCancel(own.tag);
        } catch (ChannelContinuationTimeoutException silent) {
            own.end.countDown(); // it is asked for no more; what may still come keeps the channel open
            throw silent;
        } catch (IOException failure) {
            if (!channel.isOpen()) {
                throw failure;
            } // RabbitMQ has just ended the consumer itself
        }
    }

    /** Waits until all that was on its way has come, at most a second. */
    void awaitEnd() {
        Taker own = taker;
        if (own != null) {
            own.awaitEnd();
        }
    }

    /** A message that is fetched, one of the suspects for one; null if there is none. How many are left is told to {@code left}. */
    @Nullable Delivered get(IntConsumer left) throws IOException {
        GetResponse got = channel.basicGet(physical, false);
        if (got == null) {
            left.accept(0);
            return null;
        }
        left.accept(got.getMessageCount());
        return delivered(null, got.getEnvelope(), got.getProps(), got.getBody());
    }

    private Delivered delivered(@Nullable Flow flow, Envelope envelope, BasicProperties properties, byte[] bytes) {
        open.incrementAndGet();
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
                spot,
                again,
                again || spot == Spot.SUSPECT || Messages.header(properties, Messages.AGAIN) != null,
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
        unlessGone(() -> acks.acknowledge(numbers));
        open.addAndGet(-numbers.size()); // after it was sent: an idle line may be closed
    }

    /**
     * Gives one back to its queue, as the broker does after a crash.
     *
     * @return false if the queue is gone, and nobody has the job any more
     */
    boolean giveBack(Delivered delivered) throws IOException {
        delivered.ends();
        boolean given = unlessGone(() -> acks.giveBack(delivered.number()));
        if (given) {
            open.decrementAndGet();
        }
        return given;
    }

    private interface Sending {
        void send() throws IOException;
    }

    private boolean unlessGone(Sending frames) throws IOException {
        if (isGone()) {
            return false;
        }
        try {
            frames.send();
            return true;
        } catch (IOException | RuntimeException closed) {
            if (isGone()) {
                return false;
            }
            throw closed;
        }
    }

    /**
     * Notes that its queue is not there, with all that came by this and is not settled, and closes the channel: RabbitMQ would take
     * a queue of the same name for the one that was there.
     */
    void gone() {
        boolean consumed = consumes();
        if (state.compareAndSet(State.OPEN, State.GONE)) {
            if (consumed) {
                warn();
            }
            changed.run();
            Link.end(channel);
        }
    }

    private void warn() {
        LOG.log(
                WARNING,
                "GOOSE-3091: RabbitMQ delivers nothing of {0} any more, for the queue was deleted or lost its leader; it is made"
                        + " again if it is gone",
                queue);
    }

    /** Ends the channel: what it delivered and nobody acknowledged is for others. */
    void end() {
        state.set(State.DEAD);
        Link.end(channel);
    }

    private final class Taker extends DefaultConsumer {
        private final Flow flow;
        private final String tag = UUID.randomUUID().toString();
        private final CountDownLatch end = new CountDownLatch(1);

        private Taker(int most) {
            super(channel);
            this.flow = new Flow(most);
        }

        private void awaitEnd() {
            try {
                if (!end.await(LAST_SECONDS, TimeUnit.SECONDS)) {
                    LOG.log(DEBUG, "what was on its way to a consumer of {0} comes later", physical);
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
            taken.accept(delivered(flow, envelope, properties, body));
        }

        /**
         * The queue was deleted, or has no leader any more, or RabbitMQ ends the consumer for a reason of its own. Comes behind all
         * deliveries. Whether the queue is gone shows when it is looked at; if not, what came can be acknowledged.
         */
        @Override
        public void handleCancel(String consumerTag) {
            end.countDown();
            warn();
            changed.run();
        }

        @Override
        public void handleShutdownSignal(String consumerTag, ShutdownSignalException reason) {
            end.countDown(); // the channel's own listener has the rest
        }
    }
}
