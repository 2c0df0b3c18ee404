package io.goose.broker.rabbitmq;

import java.util.List;

/**
 * How many jobs RabbitMQ may have on their way to a session. It cannot be changed for a consumer that runs, so it goes in few steps:
 * up at once when more is asked for, down when less was asked for all the time. Large jobs make it small. For one thread.
 */
final class Prefetch {

    private static final int STEP = 250;
    private static final long MOST_BYTES = 8L << 20;
    private static final long DOWN_NANOS = 10_000_000_000L;

    private final List<Integer> steps;
    private int now;
    private int wished;
    private long wishedSince;
    private double bytes; // of a job, a moving average

    /**
     * @param threads of the session
     */
    Prefetch(int threads) {
        this.steps = List.of(1, threads, 4 * threads);
        this.now = 1;
    }

    /** Begins with what is wanted first. */
    void begin(int wanted, long nowNanos) {
        now = within(wanted);
        wished = 0;
        wishedSince = nowNanos;
    }

    int now() {
        return now;
    }

    /** Notes the size of a job. */
    void noteSize(int size) {
        bytes = bytes == 0 ? size : bytes + (size - bytes) / 16;
    }

    /** Notes how many jobs the session would hold if it had its way; returns whether another number is right from now on. */
    boolean wish(int wanted, long nowNanos) {
        int step = within(wanted);
        if (step > now) {
            now = step;
            wished = 0;
            wishedSince = nowNanos;
            return true;
        }
        wished = Math.max(wished, step);
        if (step == now) {
            wished = 0;
            wishedSince = nowNanos;
        } else if (nowNanos - wishedSince > DOWN_NANOS) {
            now = wished;
            wished = 0;
            wishedSince = nowNanos;
            return true;
        }
        return false;
    }

    private int within(int wanted) {
        long most = bytes == 0 ? Long.MAX_VALUE : Math.max(1, (long) (MOST_BYTES / bytes));
        return (int) Math.min(step(wanted), most);
    }

    private int step(int wanted) {
        return steps.stream().filter(step -> step >= wanted).findFirst().orElse((wanted + STEP - 1) / STEP * STEP);
    }
}
