package io.goose.broker.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Publication.Fate;
import io.goose.spi.PoolUse;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages and does not wait for their confirmations; a window bounds how many are under way. A channel that died, that
 * refuses or that is silent is replaced by the next message. Thread-safe.
 */
final class Publisher implements AutoCloseable {

    /** More than one, so that callers need not wait for each other; few, for each has a process in the broker. */
    private static final int CHANNELS = 4;

    private static final long AGAIN_MILLIS = 100;

    /** A channel that refuses is replaced when it is so old: by then a queue that has lost its leader has another. */
    private static final long LEAST_NANOS = 1_000_000_000L;

    private final Link link;
    private final int most;
    private final Semaphore window;
    private final Duration patience;
    private final AtomicReferenceArray<@Nullable ConfirmChannel> channels = new AtomicReferenceArray<>(CHANNELS);
    private final Object[] opening = new Object[CHANNELS];
    private final Queue<Replaced> replaced = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Executor slow;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param window how many messages may be under way
     * @param patience how long a message waits: for the connection, for room in the window, for its confirmation
     * @param slow for what waits for the broker
     */
    Publisher(Link link, int window, Duration patience, Executor slow) {
        this.link = link;
        this.most = window;
        this.window = new Semaphore(window);
        this.patience = patience;
        this.slow = slow;
        for (int i = 0; i < CHANNELS; i++) {
            opening[i] = new Object();
        }
    }

    /** A channel in whose place another is, and which may have something to tell yet. */
    private record Replaced(ConfirmChannel channel, long sinceNanos) {}

    /** How many messages are under way, and how many may be. */
    PoolUse use() {
        return new PoolUse(Math.max(0, most - window.availablePermits()), most);
    }

    /** A number for messages that are to keep their order among each other. */
    int nextLane() {
        return Math.floorMod(turn.getAndIncrement(), CHANNELS);
    }

    /** Until when to wait for what is sent from now on, in the time of {@link System#nanoTime}. */
    long deadline() {
        return System.nanoTime() + patience.toNanos();
    }

    /**
     * Sends a message. Blocks while the window is full or the broker takes nothing, at most until the deadline; then, and
     * if there is no connection, the message is told that it was not sent.
     *
     * @param lane of {@link #nextLane}
     */
    void publish(int lane, Publication message, long deadline) {
        try {
            awaitUnblocked(deadline);
            if (!window.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                message.end(new Fate.Unknown(false, busy()));
                return;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            message.end(new Fate.Unknown(false, stopped));
            return;
        } catch (GooseException blocked) {
            message.end(new Fate.Unknown(false, blocked));
            return;
        }
        send(lane, message, deadline);
    }

    /** Sends a message to a queue, and waits for its confirmation, or throws; false if there is no such queue. */
    boolean publishAndWait(String physical, BasicProperties properties, byte[] body) {
        long deadline = deadline();
        Fate fate = fate(physical, properties, body, deadline);
        while (fate instanceof Fate.Refused && System.nanoTime() - deadline < 0) { // as of a queue without a leader yet
            pause(busy());
            fate = fate(physical, properties, body, deadline);
        }
        if (fate instanceof Fate.Unknown unknown) {
            throw unknown.cause() instanceof GooseException ours
                    ? ours
                    : Faults.unavailable("send to '" + physical + "'", link.where(), unknown.cause());
        } else if (fate instanceof Fate.Refused) {
            throw Faults.unavailable(
                    "send to '" + physical + "'",
                    link.where(),
                    new IOException("the queue refuses it, as one that is full or has no leader"));
        }
        return fate instanceof Fate.Confirmed;
    }

    private Fate fate(String physical, BasicProperties properties, byte[] body, long deadline) {
        CompletableFuture<Fate> told = new CompletableFuture<>();
        publish(nextLane(), new Publication("", physical, properties, body, told::complete), deadline);
        try {
            return told.get(4 * patience.toMillis(), TimeUnit.MILLISECONDS); // it has one by then, of its own
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Faults.unavailable("send to '" + physical + "'", link.where(), stopped);
        } catch (ExecutionException | TimeoutException failure) {
            throw Faults.unavailable("send to '" + physical + "'", link.where(), failure);
        }
    }

    private void send(int lane, Publication message, long deadline) {
        boolean released = false;
        try {
            ConfirmChannel channel = channel(lane, deadline);
            released = channel.publish(counted(message), deadline); // by its end, then
            if (!released) {
                message.end(new Fate.Unknown(false, busy()));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            message.end(new Fate.Unknown(false, stopped));
        } catch (GooseException away) {
            message.end(new Fate.Unknown(false, away));
        } finally {
            if (!released) {
                window.release();
            }
        }
    }

    private Publication counted(Publication message) {
        return new Publication(message.exchange(), message.key(), message.properties(), message.body(), fate -> {
            window.release();
            message.end(fate);
        });
    }

    private void awaitUnblocked(long deadline) throws InterruptedException {
        String why = link.blocked();
        if (why != null && !link.awaitUnblocked(Duration.ofNanos(deadline - System.nanoTime()))) {
            throw new BrokerUnavailableException(
                    "GOOSE-3087: " + link.where() + " has taken no jobs for " + patience + ": " + why
                            + "; free memory or disk space there, and enqueue again",
                    null);
        }
    }

    private BrokerUnavailableException busy() {
        return new BrokerUnavailableException(
                "GOOSE-3088: " + link.where() + " has confirmed no job for " + patience
                        + ", and as many as goose.broker.<name>.window allows are on their way; enqueue again",
                null);
    }

    /** The channel of a lane; connects again until the deadline if there is no connection. */
    private ConfirmChannel channel(int lane, long deadline) {
        while (true) {
            try {
                return channel(lane);
            } catch (BrokerUnavailableException away) {
                if (closed || System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS) - deadline > 0) {
                    throw away;
                }
                pause(away);
            }
        }
    }

    private static void pause(BrokerUnavailableException away) {
        try {
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw away;
        }
    }

    private ConfirmChannel channel(int lane) {
        ConfirmChannel open = channels.get(lane);
        if (open != null && isGood(open)) {
            return open;
        }
        synchronized (opening[lane]) {
            open = channels.get(lane);
            if (open == null || !isGood(open)) {
                ConfirmChannel fresh = ConfirmChannel.open(link);
                channels.set(lane, fresh);
                if (open != null && open.isOpen()) {
                    replaced.add(new Replaced(open, System.nanoTime()));
                }
                open = fresh;
            }
            return open;
        }
    }

    private static boolean isGood(ConfirmChannel channel) {
        return channel.isOpen() && !channel.isSpent(LEAST_NANOS);
    }

    /** Gives up what has waited too long for its confirmation, and channels that have nothing to tell any more. Does not wait. */
    void giveUpOld() {
        long before = System.nanoTime() - patience.toNanos();
        for (int i = 0; i < CHANNELS; i++) {
            ConfirmChannel channel = channels.get(i);
            if (channel != null) {
                channel.giveUp(before, link.where());
            }
        }
        replaced.forEach(old -> old.channel().giveUp(before, link.where()));
        if (!replaced.isEmpty() && closing.compareAndSet(false, true)) {
            slow.execute(() -> {
                try {
                    long now = System.nanoTime();
                    replaced.removeIf(old -> now - old.sinceNanos() > patience.toNanos()
                            && old.channel().closeIfIdle());
                } finally {
                    closing.set(false);
                }
            });
        }
    }

    /** Sends nothing more; the channels end with their connection. */
    @Override
    public void close() {
        closed = true;
    }
}
