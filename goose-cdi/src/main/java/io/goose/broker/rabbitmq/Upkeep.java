package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.GooseException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.broker.rabbitmq.Walks.Step;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a session puts in order now and then, on its heart. For one thread. */
final class Upkeep {

    private static final System.Logger LOG = System.getLogger(Upkeep.class.getPackageName());
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RabbitParts parts;
    private final SessionSpec spec;
    private final Collection<Feed> feeds;
    private final Burials burials;
    private long lookedNanos;

    Upkeep(RabbitParts parts, SessionSpec spec, Collection<Feed> feeds, Burials burials) {
        this.parts = parts;
        this.spec = spec;
        this.feeds = feeds;
        this.burials = burials;
    }

    /** What came and was not leased for so long, and what is in no queue any more. */
    List<Delivered> unleasedFor(Duration most) {
        List<Delivered> old = new ArrayList<>();
        feeds.forEach(feed -> old.addAll(feed.unleasedFor(most.toNanos(), System.nanoTime())));
        return old;
    }

    /** What a session does first: jobs may have waited for one that knows them. */
    void begin() {
        lookedNanos = System.nanoTime();
        for (Feed feed : feeds) {
            try {
                recallParked(feed.queue());
            } catch (GooseException away) {
                LOG.log(DEBUG, "what is parked in queue {0} is looked at later: {1}", feed.queue(), away.getMessage());
            }
        }
    }

    void run() {
        for (Feed feed : feeds) {
            feed.noteSuspects(parts.topology().messages(parts.names().suspect(feed.queue())) > 0);
        }
        if (System.nanoTime() - lookedNanos >= EVERY_NANOS) {
            begin();
            feeds.forEach(feed -> burials.look(feed.queue()));
        }
    }

    /** Gives those back to the queue that wait for a worker which knows what this one knows. */
    private void recallParked(String queue) {
        String parked = parts.names().parked(queue);
        if (parts.topology().messages(parked) <= 0) {
            return;
        }
        long end = System.nanoTime() + MOST_NANOS;
        parts.walks().through(parked, message -> {
            if (System.nanoTime() - end > 0) {
                return Step.Stop.INSTANCE; // a heart does this; the rest must be replayed
            }
            String need = Messages.header(message.properties(), Messages.NEED);
            if (need == null || !spec.canRun(need)) {
                return Step.Leave.INSTANCE;
            }
            try {
                QueuedJob job = parts.messages().read(queue, message.properties(), message.body());
                DeliveryState state = job.state().withUnknownSince(null).withLane(Lane.FRONT);
                return new Step.Replace(new Parcel(job.withState(state), Spot.FRONT), false);
            } catch (Messages.UnreadableException bad) {
                return Step.Leave.INSTANCE;
            }
        });
    }
}
