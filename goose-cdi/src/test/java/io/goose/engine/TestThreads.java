package io.goose.engine;

import io.goose.spi.WorkerThreads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;

/** Plain daemon threads that are remembered, so that a test can count them and look at them. */
public final class TestThreads implements WorkerThreads {

    private final List<Thread> made = new CopyOnWriteArrayList<>();

    private volatile boolean refusing;

    /** Makes none any more, as a server that stops. */
    public void refuse() {
        refusing = true;
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        if (refusing) {
            throw new RejectedExecutionException("no more threads");
        }
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        made.add(thread);
        return thread;
    }

    /** All threads made so far. */
    public List<Thread> all() {
        return made;
    }

    /** Those that still live. */
    public List<Thread> alive() {
        return made.stream().filter(Thread::isAlive).toList();
    }

    /** Those with this in their name. */
    public List<Thread> named(String part) {
        return made.stream().filter(thread -> thread.getName().contains(part)).toList();
    }
}
