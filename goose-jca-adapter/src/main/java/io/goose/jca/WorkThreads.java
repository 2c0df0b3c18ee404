package io.goose.jca;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.spi.WorkerThreads;
import jakarta.resource.spi.work.HintsContext;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkAdapter;
import jakarta.resource.spi.work.WorkContext;
import jakarta.resource.spi.work.WorkContextProvider;
import jakarta.resource.spi.work.WorkEvent;
import jakarta.resource.spi.work.WorkException;
import jakarta.resource.spi.work.WorkManager;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** The server's threads: each loop is a work of its own, which the server may queue while it has no thread. Thread-safe. */
final class WorkThreads implements WorkerThreads {

    private static final System.Logger LOG = System.getLogger(WorkThreads.class.getName());

    private final WorkManager manager;
    private final Set<LoopWork> alive = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    WorkThreads(WorkManager manager) {
        this.manager = manager;
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        throw new UnsupportedOperationException("a work manager hands out no threads");
    }

    @Override
    public BooleanSupplier start(String name, Runnable body) {
        LoopWork work = new LoopWork(name, body);
        alive.add(work);
        try {
            manager.scheduleWork(work, WorkManager.INDEFINITE, null, new WorkAdapter() {
                @Override
                public void workRejected(WorkEvent event) {
                    if (end(work)) {
                        LOG.log(ERROR, "GOOSE-4193: the server gives no thread for " + name, event.getException());
                    }
                }
            });
        } catch (WorkException | RuntimeException refused) {
            end(work);
            throw new RejectedExecutionException(
                    "GOOSE-3196: the server's work manager takes no work for " + name
                            + "; it is stopping, or give it more threads",
                    refused);
        }
        return () -> alive.contains(work);
    }

    private boolean end(LoopWork work) {
        boolean was = alive.remove(work);
        signal();
        return was;
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until each has a thread, or has ended; returns the names of those that have none after that time.
     *
     * @param isInVain whether nobody wants to know any more, asked again after a {@link #wake}
     */
    Set<String> awaitThreads(long nanos, BooleanSupplier isInVain) throws InterruptedException {
        return await(nanos, work -> !work.begun && !isInVain.getAsBoolean());
    }

    /** Has those that wait look again at what they wait for. */
    void wake() {
        signal();
    }

    /** Waits until none runs; returns the names of those that still do after that time. */
    Set<String> awaitEnd(long nanos) throws InterruptedException {
        return await(nanos, work -> true);
    }

    /** Waits until of those that are alive none is like this; returns the names of those that still are after that time. */
    private Set<String> await(long nanos, Predicate<LoopWork> awaited) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (alive.stream().anyMatch(awaited) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        Set<String> names = new TreeSet<>();
        alive.stream().filter(awaited).forEach(work -> names.add(work.name));
        return names;
    }

    /** One loop. The thread has its name and the adapter's class loader meanwhile: a server gives it any. */
    private final class LoopWork implements Work, WorkContextProvider {

        private static final long serialVersionUID = 1;

        private final String name;
        private final transient Runnable body;
        private volatile boolean begun; // written by its thread

        private LoopWork(String name, Runnable body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public List<WorkContext> getWorkContexts() {
            HintsContext hints = new HintsContext();
            hints.setHint(HintsContext.NAME_HINT, name);
            hints.setHint(HintsContext.LONGRUNNING_HINT, true);
            return List.of(hints);
        }

        @Override
        public void run() {
            Thread thread = Thread.currentThread();
            String nameBefore = thread.getName();
            ClassLoader loaderBefore = thread.getContextClassLoader();
            begun = true;
            signal();
            try {
                thread.setName(name);
                thread.setContextClassLoader(WorkThreads.class.getClassLoader());
                body.run();
            } finally {
                thread.setContextClassLoader(loaderBefore);
                thread.setName(nameBefore);
                end(this);
            }
        }

        @Override
        public void release() {
            // It ends when its endpoint is deactivated or the adapter is stopped, which the server does before.
        }
    }
}
