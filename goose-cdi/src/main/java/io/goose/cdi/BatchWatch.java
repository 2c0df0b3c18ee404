package io.goose.cdi;

import io.goose.BrokerUnavailableException;
import io.goose.event.BatchCompleted;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Looks whether batches are complete of which this server made a part or ended a job: the broker completes them, and tells nobody. At most
 * once a second for each while its jobs end here, then ever more seldom. Confined to one thread.
 */
final class BatchWatch {

    /** The most batches that are watched; the one that has waited longest is forgotten for another. */
    static final int MOST = 1_000;

    static final Duration FIRST = Duration.ofMillis(200);
    static final Duration AGAIN = Duration.ofSeconds(1);
    static final Duration SELDOM = Duration.ofSeconds(30);

    private final Lookup lookup;
    private final Consumer<BatchCompleted> completed;
    private final LongSupplier nanoClock;
    private final Map<Key, Due> watched = new LinkedHashMap<>();
    private long next; // of those that are watched

    /** How a batch is looked up; throws BrokerUnavailableException if it cannot be now. */
    @FunctionalInterface
    interface Lookup {
        Optional<BatchStatus> find(String broker, BatchId id);
    }

    private record Key(String broker, BatchId id) {}

    private record Due(long at, Duration delay) {}

    BatchWatch(Lookup lookup, Consumer<BatchCompleted> completed, LongSupplier nanoClock) {
        this.lookup = lookup;
        this.completed = completed;
        this.nanoClock = nanoClock;
    }

    /** A job of a batch was enqueued or has ended here. */
    void see(String broker, BatchId id) {
        Key key = new Key(broker, id);
        Due due = watched.get(key);
        long now = nanoClock.getAsLong();
        if (due == null) {
            if (watched.size() >= MOST) {
                watched.remove(watched.keySet().iterator().next());
            }
            put(key, now, FIRST);
        } else if (due.at() - now > AGAIN.toNanos()) {
            put(key, now, AGAIN);
        }
    }

    private void put(Key key, long now, Duration delay) {
        long at = now + delay.toNanos();
        if (watched.isEmpty() || at - next < 0) {
            next = at;
        }
        watched.put(key, new Due(at, delay));
    }

    /** How long nothing has to be looked at, at most {@code most}. */
    long waitNanos(long most) {
        return watched.isEmpty() ? most : Math.max(0, Math.min(most, next - nanoClock.getAsLong()));
    }

    /** Looks at those whose time has come. Throws what went wrong first, but an outage, when it has looked at all of them. */
    void look() {
        long now = nanoClock.getAsLong();
        if (watched.isEmpty() || next - now > 0) {
            return;
        }
        List<Key> due = new ArrayList<>();
        next = now + SELDOM.toNanos();
        watched.forEach((key, each) -> {
            if (each.at() - now <= 0) {
                due.add(key);
            } else if (each.at() - next < 0) {
                next = each.at();
            }
        });
        // One that is away is not asked again: each question would wait for a failure of its own, and events behind it.
        Set<String> away = new HashSet<>();
        RuntimeException first = null;
        for (Key key : due) {
            try {
                look(key, now, away);
            } catch (
                    RuntimeException failed) { // of one batch, or of who is told: the others are looked at all the same
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void look(Key key, long now, Set<String> away) {
        Due due = watched.remove(key); // whatever fails below but an outage: it would fail again
        if (due == null) {
            return;
        }
        if (away.contains(key.broker())) {
            later(key, due, now);
            return;
        }
        try {
            Optional<BatchStatus> found = lookup.find(key.broker(), key.id());
            if (found.isPresent() && found.get().state() != BatchState.IN_PROGRESS) {
                completed.accept(new BatchCompleted(key.broker(), found.get()));
            } else if (found.isPresent()) {
                later(key, due, now);
            }
        } catch (BrokerUnavailableException outage) {
            away.add(key.broker());
            later(key, due, now);
        }
    }

    private void later(Key key, Due due, long now) {
        Duration doubled = due.delay().multipliedBy(2);
        put(key, now, doubled.compareTo(SELDOM) > 0 ? SELDOM : doubled);
    }

    int size() {
        return watched.size();
    }
}
