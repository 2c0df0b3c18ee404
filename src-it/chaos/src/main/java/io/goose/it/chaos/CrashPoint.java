package io.goose.it.chaos;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Does something when a step is done for the n-th time since it was armed: ends the process, for example. Thread-safe. */
final class CrashPoint implements Watch {

    private final Pattern step;
    private final int number;
    private final Runnable what;
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean armed;

    /**
     * @param step is found in the text of what is done, as {@link Watch} describes it
     */
    CrashPoint(Pattern step, int number, Runnable what) {
        this.step = step;
        this.number = number;
        this.what = what;
    }

    void arm() {
        armed = true;
    }

    @Override
    public void at(String done) {
        if (armed && step.matcher(done).find() && count.incrementAndGet() == number) {
            what.run();
        }
    }
}
