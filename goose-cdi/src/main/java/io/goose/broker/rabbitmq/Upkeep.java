package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.broker.rabbitmq.Walks.Step;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a session puts in order now and then, on its heart. For one thread. */
final class Upkeep {

    private static final System.Logger LOG = System.getLogger(Upkeep.class.getPackageName());
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RabbitParts parts;
    private final SessionSpec spec;
    private final Collection<Feed> feeds;
    private long lookedNanos;
    private boolean looked;

    Upkeep(RabbitParts parts, SessionSpec spec, Collection<Feed> feeds) {
        this.parts = parts;
        this.spec = spec;
        this.feeds = feeds;
    }

    /** What came and was not leased for so long. */
    List<Delivered> unleasedFor(Duration most) {
        List<Delivered> old = new ArrayList<>();
        feeds.forEach(feed -> old.addAll(feed.unleasedFor(most.toNanos(), System.nanoTime())));
        return old;
    }

    void run() {
        for (Feed feed : feeds) {
            feed.noteSuspects(parts.topology().messages(parts.names().suspect(feed.queue())) > 0);
        }
        if (looked && System.nanoTime() - lookedNanos < EVERY_NANOS) {
            return;
        }
        looked = true;
        lookedNanos = System.nanoTime();
        for (Feed feed : feeds) {
            try {
                recallParked(feed);
                evict(feed.queue());
            } catch (GooseException away) {
                LOG.log(DEBUG, "queue {0} is put in order later: {1}", feed.queue(), away.getMessage());
            }
        }
    }

    /** Gives those back to the queue that wait for a worker which knows what this one knows. */
    private void recallParked(Feed feed) {
        String parked = parts.names().parked(feed.queue());
        if (parts.topology().messages(parked) <= 0) {
            return;
        }
        parts.walks().through(parked, message -> {
            String need = Messages.header(message.properties(), Messages.NEED);
            if (need == null || !spec.canRun(need)) {
                return Step.Leave.INSTANCE;
            }
            try {
                QueuedJob job = parts.messages().read(feed.queue(), message.properties(), message.body());
                DeliveryState state = job.state().withUnknownSince(null).withLane(Lane.FRONT);
                return new Step.Replace(new Parcel(job.withState(state), Spot.FRONT), false);
            } catch (Messages.UnreadableException bad) {
                return Step.Leave.INSTANCE;
            }
        });
    }

    private void evict(String queue) {
        DeadRetention retention = parts.broker().dead();
        String dead = parts.names().dead(queue);
        long count = parts.topology().messages(dead);
        if (count <= 0) {
            return;
        }
        Instant oldest = parts.clock().instant().minus(retention.maxAge());
        long[] left = {count - retention.max(), 0};
        parts.walks().through(dead, message -> {
            if (left[0] > 0 || diedBefore(queue, message, oldest)) {
                left[0]--;
                left[1]++;
                return new Step.Remove(false);
            }
            return Step.Stop.INSTANCE; // they are in the order of their deaths
        });
        if (left[1] > 0) {
            LOG.log(
                    WARNING,
                    "GOOSE-3002: deleted {0} dead jobs of queue ''{1}'', beyond goose.dead.max={2} or goose.dead.max-age={3}",
                    left[1],
                    queue,
                    retention.max(),
                    retention.maxAge());
        }
    }

    private boolean diedBefore(String queue, Walks.Seen message, Instant time) {
        try {
            Instant died = parts.messages()
                    .read(queue, message.properties(), message.body())
                    .state()
                    .failures()
                    .diedAt();
            return died != null && died.isBefore(time);
        } catch (Messages.UnreadableException bad) {
            return false;
        }
    }
}
