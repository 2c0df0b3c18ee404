package io.goose.broker.rabbitmq;

import io.goose.broker.rabbitmq.Sender.Spot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has come of one queue and is not leased yet. Thread-safe. */
final class Fetched {

    private static final int BACK_SHARE = 10; // one lease in so many is of the back, while it has something

    // guarded by this
    private final Deque<Delivered> front = new ArrayDeque<>();
    private final Deque<Delivered> back = new ArrayDeque<>();
    private int sinceBack;

    synchronized void add(Delivered delivered) {
        (delivered.from() == Spot.FRONT ? front : back).add(delivered);
    }

    /** Takes at most {@code max} jobs, and so many bytes; one at least, whatever its size. */
    synchronized List<Delivered> take(int max, long maxBytes) {
        List<Delivered> taken = new ArrayList<>();
        long bytes = 0;
        for (Deque<Delivered> next = next(); next != null && taken.size() < max; next = next()) {
            if (!next.element().line().isAlive()) {
                next.remove(); // others have it
                continue;
            }
            bytes += next.element().size();
            if (!taken.isEmpty() && bytes > maxBytes) {
                break;
            }
            taken.add(next.remove());
            sinceBack = next == back ? 0 : sinceBack + 1;
        }
        return taken;
    }

    private @Nullable Deque<Delivered> next() {
        if (front.isEmpty()) {
            return back.isEmpty() ? null : back;
        }
        return sinceBack >= BACK_SHARE - 1 && !back.isEmpty() ? back : front;
    }

    synchronized boolean isEmpty() {
        return front.isEmpty() && back.isEmpty();
    }

    synchronized int size() {
        return front.size() + back.size();
    }

    /** Takes what came so long ago, and what is in no queue any more. */
    synchronized List<Delivered> takeOld(long nanos, long nowNanos) {
        List<Delivered> old = new ArrayList<>();
        for (Deque<Delivered> deliveries : List.of(front, back)) {
            deliveries.removeIf(delivered -> (nowNanos - delivered.sinceNanos() > nanos
                            || delivered.line().isGone())
                    && old.add(delivered));
        }
        return old;
    }

    synchronized List<Delivered> takeAll() {
        List<Delivered> rest = new ArrayList<>(front);
        rest.addAll(back);
        front.clear();
        back.clear();
        return rest;
    }
}
