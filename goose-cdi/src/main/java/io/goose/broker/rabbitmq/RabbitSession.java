package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.spi.Beat;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session: jobs are pushed to it, as far as it has room, and it leases from what has come. Its leases live as long as their
 * channels. RabbitMQ ends these when it hears nothing of the process; the session itself ends them when it was not
 * {@link #renew renewed} for as long as a lease lasts, so that a worker whose heart has stopped loses its jobs here as anywhere.
 */
final class RabbitSession implements Session {

    private static final System.Logger LOG = System.getLogger(RabbitSession.class.getPackageName());

    private static final long MOMENT_NANOS = 1_000_000_000L; // a claim that waits for jobs comes once a second

    private final String id = UUID.randomUUID().toString();
    private final RabbitParts parts;
    private final SessionSpec spec;
    private final Signal signal = new Signal();
    private final Held held = new Held();
    private final Happened happened = new Happened();
    private final Holds holds;
    private final Settling settling;
    private final Upkeep upkeep;
    private final Map<String, Feed> feeds = new LinkedHashMap<>();
    private final Consumer<RabbitSession> onClose;
    private volatile long renewedNanos = System.nanoTime();
    private volatile boolean closed;
    private volatile @Nullable ScheduledFuture<?> watch;

    RabbitSession(RabbitParts parts, SessionSpec spec, Consumer<RabbitSession> onClose) {
        this.parts = parts;
        this.spec = spec;
        this.onClose = onClose;
        Burials burials = new Burials(parts);
        this.holds = new Holds(parts, held, spec.lease());
        this.settling = new Settling(parts, held, holds, burials);
        Runners runners = new Runners(parts, spec, id);
        for (String queue : spec.queues()) {
            feeds.put(queue, new Feed(parts, queue, spec.threads(), signal::give, happened, runners));
        }
        this.upkeep = new Upkeep(parts, spec, feeds.values(), burials);
    }

    /** Has jobs come. */
    RabbitSession open() {
        boolean good = false;
        try {
            feeds.values().forEach(Feed::connect);
            upkeep.begin();
            good = true;
        } finally {
            if (!good) {
                end(lines());
            }
        }
        long every = Math.max(1, spec.lease().toMillis() / 4);
        watch = parts.connector().clock().scheduleWithFixedDelay(this::watch, every, every, TimeUnit.MILLISECONDS);
        return this;
    }

    private void watch() {
        if (System.nanoTime() - renewedNanos > spec.lease().toNanos()) {
            LOG.log(DEBUG, "session {0} was not renewed in time and loses its leases", id);
            renewedNanos = System.nanoTime();
            // Not on this thread, which connections need for their own signs of life.
            List<Line> lines = lines(); // those of now, not what is opened meanwhile
            parts.connector().slow().execute(() -> {
                giveBackGone();
                end(lines);
            });
        }
    }

    /** What is leased, and in no queue that would give it to others. */
    private void giveBackGone() {
        giveBack(held.all().stream()
                .filter(entry ->
                        entry.hold() == null && entry.delivered().line().isGone())
                .map(Held.Entry::delivered)
                .toList());
    }

    private void giveBack(List<Delivered> deliveries) {
        for (Delivered left : settling.giveBack(deliveries)) {
            Feed feed = feeds.get(left.job().queue());
            if (feed != null && !closed && !held.holds(left)) {
                feed.keep(left);
            } else {
                LOG.log(
                        WARNING,
                        "GOOSE-3098: job {0} of queue {1} may be lost: the queue was deleted while a worker had it in hand, and"
                                + " {2} does not take it again",
                        left.job().id(),
                        left.job().queue(),
                        parts.publishing().where());
            }
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        Feed feed = feeds.get(queue);
        if (feed == null) {
            throw new IllegalArgumentException(
                    "the session was opened for " + spec.queues() + ", not for '" + queue + "'");
        }
        if (closed) {
            return Claim.EMPTY;
        }
        feed.open(held.count(queue) + max);
        List<Lease> leases = new ArrayList<>();
        long bytes = maxBytes;
        if (suspects && !held.holdsSuspect()) {
            Delivered suspect = feed.suspect();
            if (suspect != null) {
                leases.add(leased(suspect, true));
                bytes -= suspect.size();
            }
        }
        if (leases.size() < max && (leases.isEmpty() || bytes > 0)) {
            for (Delivered delivered : feed.take(max - leases.size(), bytes, held.count(queue))) {
                leases.add(leased(delivered, false));
            }
        }
        return new Claim(leases, feed.hasMore(), false, null);
    }

    private Lease leased(Delivered delivered, boolean suspect) {
        Instant now = parts.clock().instant();
        Lease lease = Lease.of(delivered.job(), Tokens.next(now), suspect, now);
        if (delivered.leasedBefore()) {
            lease = lease.asRedelivered();
        }
        held.add(lease, delivered);
        return lease;
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        signal.await(wait);
    }

    @Override
    public void wake() {
        signal.give();
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        try {
            return settling.settle(settlements);
        } finally {
            if (settlements.stream().anyMatch(settlement -> settlement.lease().suspect())) {
                signal.give(); // there is room for the next suspect, which comes to nobody by itself
            }
        }
    }

    @Override
    public LeaseState look(Lease lease) {
        return held.isLive(lease.token()) ? LeaseState.HELD : LeaseState.ENDED;
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        List<Delivered> back = new ArrayList<>();
        for (Lease lease : leases) {
            Held.Entry entry = held.settling(lease.token());
            if (entry != null && held.remove(lease.token()) != null && entry.hold() == null) {
                back.add(entry.delivered()); // one that is kept apart comes out by itself
            }
        }
        giveBack(back);
    }

    @Override
    public void hold(String queue, boolean paused) {
        Feed feed = feeds.get(queue);
        if (feed != null && paused) {
            giveBack(feed.stop());
        } else if (feed != null) {
            feed.goOn();
        }
    }

    /** Asks the broker for a sign of life, for its answer is what a beat stands for. */
    @Override
    public Beat renew() {
        if (closed) {
            return Beat.OK;
        }
        List<Lease> lost = held.takeLost();
        try {
            Link.end(parts.consuming().channel());
            renewedNanos = System.nanoTime();
        } catch (GooseException away) {
            if (lost.isEmpty()) {
                throw away;
            }
        }
        Duration most = parts.settings().times().consumer().dividedBy(2);
        lost.addAll(holds.renew(most));
        feeds.values().forEach(Feed::sendStray);
        feeds.values().forEach(Feed::tidy);
        List<Delivered> back = new ArrayList<>(upkeep.unleasedFor(most));
        long quiet = 2 * spec.heartbeat().toNanos() + MOMENT_NANOS;
        feeds.values().forEach(feed -> back.addAll(feed.unaskedFor(quiet)));
        giveBack(back);
        return lost.isEmpty() ? Beat.OK : new Beat(lost);
    }

    @Override
    public Sweep sweep() {
        if (closed) {
            return Sweep.NOTHING;
        }
        upkeep.run();
        return happened.told();
    }

    /** What is leased stays so, for its bodies may still run; what is not settled when its lease would have ended goes back. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopWatch();
        signal.give();
        giveBackFetched();
        if (held.all().isEmpty()) {
            end();
        } else {
            watch = parts.connector()
                    .clock()
                    .schedule(
                            () -> parts.connector().slow().execute(this::endUncounted),
                            spec.lease().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void stopWatch() {
        ScheduledFuture<?> watching = watch;
        if (watching != null) {
            watching.cancel(false);
        }
    }

    private void giveBackFetched() {
        List<Delivered> fetched = new ArrayList<>();
        feeds.values().forEach(feed -> fetched.addAll(feed.stop()));
        try {
            giveBack(fetched);
        } catch (BrokerUnavailableException away) {
            LOG.log(DEBUG, "what session {0} had fetched goes back with its channels", id, away);
        }
    }

    /** Gives back what is still leased, without a crash: called when the broker is closed, or the leases would have ended. */
    void endUncounted() {
        stopWatch();
        List<Delivered> left = new ArrayList<>();
        for (Held.Entry entry : held.all()) {
            Held.Entry ended = held.settling(entry.lease().token());
            if (ended != null && held.remove(entry.lease().token()) != null && ended.hold() == null) {
                left.add(ended.delivered());
            }
        }
        try {
            giveBack(left);
        } finally {
            end();
        }
    }

    private void end() {
        end(lines());
        onClose.accept(this);
    }

    private List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        feeds.values().forEach(feed -> lines.addAll(feed.lines()));
        return lines;
    }

    private static void end(List<Line> lines) {
        lines.forEach(Line::end);
    }

    /** Notes that one of RabbitMQ's queues is not there; any thread may say so. */
    void vanished(String physical) {
        feeds.values().forEach(feed -> feed.vanished(physical));
    }

    boolean isClosed() {
        return closed;
    }

    /** How many jobs of a queue have come and are not leased. */
    int fetched(String queue) {
        Feed feed = feeds.get(queue);
        return feed == null ? 0 : feed.fetched();
    }

    /** How many jobs of a queue are leased. */
    int leased(String queue) {
        return held.count(queue);
    }
}
