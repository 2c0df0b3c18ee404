package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.broker.rabbitmq.Sender.Spot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * The consumers by which the front and the back of one queue come to one session, each on a channel of its own. Changes are for one
 * thread at a time; the end of channels and queues is told by others.
 */
final class Consumers {

    private static final System.Logger LOG = System.getLogger(Consumers.class.getPackageName());

    private static final long CALM_NANOS = 1_000_000_000L;
    private static final long QUIET_NANOS = 20_000_000L; // what is on its way comes sooner, or the queue is empty

    private final Function<Spot, Line> opener;
    private final Map<Spot, Deque<Line>> consuming = Map.of(
            Spot.FRONT, new ConcurrentLinkedDeque<>(),
            Spot.BACK, new ConcurrentLinkedDeque<>());

    // Nothing more comes by these, but something that did may not be settled.
    private final Queue<Line> ended = new ConcurrentLinkedQueue<>();

    /**
     * @param opener makes a line on a channel of its own
     */
    Consumers(Function<Spot, Line> opener) {
        this.opener = opener;
    }

    private Deque<Line> lines(Spot spot) {
        return Objects.requireNonNull(consuming.get(spot));
    }

    /** Whether something comes from the back or the front. */
    boolean consumes(Spot spot) {
        for (Line line : lines(spot)) {
            if (!line.consumes()) {
                retire(spot, line);
            }
        }
        return !lines(spot).isEmpty();
    }

    /** Keeps a channel that nothing more is to come by until all that came is settled. */
    void keep(Line line) {
        ended.add(line);
    }

    private void retire(Spot spot, Line line) {
        keep(line); // first, so that it is among all of them always
        lines(spot).remove(line);
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
        return lines(spot).stream().noneMatch(line -> isTooMuch(spot, line, prefetch));
    }

    private int prefetch(Spot spot) {
        return lines(spot).stream().mapToInt(Line::most).sum();
    }

    /** Whether there would be enough without it, or a smaller one were enough in its place. */
    private boolean isTooMuch(Spot spot, Line line, int prefetch) {
        int rest = prefetch(spot) - line.most();
        return rest >= prefetch || (rest == 0 && line.most() > prefetch);
    }

    private void lessen(Spot spot, int prefetch) throws IOException {
        for (Line line : lines(spot)) {
            Flow flow = line.flow();
            if (flow != null && isTooMuch(spot, line, prefetch) && flow.isCalm(CALM_NANOS)) {
                retire(spot, line);
                tryOn(line, Line::cancel);
                if (lines(spot).isEmpty()) {
                    add(spot, prefetch);
                }
            }
        }
    }

    private void add(Spot spot, int prefetch) throws IOException {
        Line line = opener.apply(spot);
        lines(spot).addFirst(line); // before the broker knows its consumer, which it may end at once
        boolean good = false;
        try {
            line.consume(prefetch);
            good = true;
        } finally {
            if (!good) {
                lines(spot).remove(line);
                line.end();
            }
        }
    }

    /** Has no more jobs come; waits until all that were on their way have, at most a second. */
    void cancel() {
        List<Line> all = consuming();
        all.forEach(Line::holdAcknowledgements);
        try {
            awaitCalm(all);
            for (Spot spot : consuming.keySet()) {
                for (Line line : lines(spot)) {
                    retire(spot, line);
                    tryOn(line, Line::cancel);
                }
            }
            all.forEach(Line::awaitEnd);
        } finally {
            all.forEach(line -> tryOn(line, Line::releaseAcknowledgements));
        }
    }

    private interface Step {
        void on(Line line) throws IOException;
    }

    private static void tryOn(Line line, Step step) {
        try {
            step.on(line);
        } catch (IOException | RuntimeException failure) {
            LOG.log(DEBUG, "a consumer of {0} ends with its channel: {1}", line.physical(), failure.toString());
        }
    }

    private static void awaitCalm(List<Line> all) {
        long end = System.nanoTime() + CALM_NANOS;
        try {
            for (Line line : all) {
                Flow flow = line.flow();
                if (flow != null) {
                    flow.awaitCalm(QUIET_NANOS, end - System.nanoTime());
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Puts another in the place of each consumer that nothing came to for so long. RabbitMQ 3 moves a consumer of a queue that is
     * deleted to one of the same name, if that is made before it sees to the consumer, tells nobody, and drops what that one delivers.
     */
    void replaceUnused(long nanos) throws IOException {
        for (Spot spot : consuming.keySet()) {
            for (Line line : lines(spot)) {
                Flow flow = line.flow();
                if (flow != null && flow.isUnused(nanos)) {
                    add(spot, line.most());
                    retire(spot, line);
                    tryOn(line, Line::cancel);
                    line.awaitEnd();
                }
            }
        }
    }

    /** Notes that one of RabbitMQ's queues is not there; any thread may say so. */
    void vanished(String physical) {
        for (Line line : all()) {
            if (line.physical().equals(physical)) {
                line.gone();
            }
        }
    }

    /** Ends the channels that nothing comes by any more and nothing is open of. */
    void tidy() {
        ended.removeIf(line -> {
            boolean over = !line.isAlive() || line.isIdle();
            if (over) {
                line.end();
            }
            return over;
        });
    }

    private List<Line> consuming() {
        List<Line> all = new ArrayList<>();
        consuming.values().forEach(all::addAll);
        return all;
    }

    /** All channels of this. */
    List<Line> all() {
        List<Line> all = consuming();
        all.addAll(ended);
        return all;
    }
}
