package io.goose.it.server;

import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/**
 * Ports of this process's own for servers on the loopback address: tests that run at the same time each have a part of the
 * range, by the number of their process ({@code it.fork}), and none is given twice. So a port is still free when a server takes
 * it seconds later, and when a server that was killed is started again.
 *
 * <p>Thread-safe.
 */
public final class PortRange {

    /** How many ports a range needs from its first on. */
    public static final int WIDTH = 10_000;

    private static final int PROCESSES = 4;
    private static final int EACH = WIDTH / PROCESSES;

    private final int first;
    private final AtomicInteger next =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(EACH)); // beside another build

    /**
     * @param first the lowest port of the whole range; the range should end below the ports from which systems take those of
     *     outgoing connections, 32768 on Linux
     */
    public PortRange(int first) {
        this.first = first + (Integer.parseInt(System.getProperty("it.fork", "1")) - 1) % PROCESSES * EACH;
    }

    /** The next one that is free; empty if none of them is. */
    public OptionalInt next() {
        return next(FreePorts::isFree);
    }

    /** The next one that is good for that; empty if none of them is. */
    OptionalInt next(IntPredicate good) {
        for (int i = 0; i < EACH; i++) {
            int port = first + next.getAndIncrement() % EACH;
            if (good.test(port)) {
                return OptionalInt.of(port);
            }
        }
        return OptionalInt.empty();
    }
}
