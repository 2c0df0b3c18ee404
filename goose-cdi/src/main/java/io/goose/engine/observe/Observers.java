package io.goose.engine.observe;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.engine.retry.FailureLog;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** All observers of an engine, apart from each other and from jobs: what one throws is logged and goes no further. Thread-safe. */
public final class Observers {

    /** Nobody listens. */
    public static final Observers NONE = new Observers(List.of(), System::nanoTime);

    private static final System.Logger LOG = System.getLogger(Observers.class.getPackageName());
    private static final long EVERY_NANOS = 30_000_000_000L;

    private final List<Guarded> all;
    private final LongSupplier nanoClock;

    /**
     * @param nanoClock elapsed time, as {@link System#nanoTime}
     */
    public Observers(List<? extends EngineObserver> observers, LongSupplier nanoClock) {
        this.nanoClock = nanoClock; // first: each of these asks it
        this.all = observers.stream().map(Guarded::new).toList();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** How often the sizes of queues are to be measured; empty for never. */
    Optional<Duration> measuresEvery() {
        return all.stream()
                .map(each -> each.observer.measuresEvery())
                .filter(Objects::nonNull)
                .min(Duration::compareTo);
    }

    /** Says that the engine has stopped. */
    public void stopped() {
        tell(EngineObserver::engineStopped);
    }

    void tell(Consumer<EngineObserver> what) {
        for (Guarded each : all) {
            each.tell(what);
        }
    }

    private final class Guarded {
        private final EngineObserver observer;
        private final AtomicLong quietUntil = new AtomicLong();
        private final AtomicInteger failures = new AtomicInteger(); // since it was last said

        private Guarded(EngineObserver observer) {
            this.observer = observer;
            this.quietUntil.set(nanoClock.getAsLong());
        }

        private void tell(Consumer<EngineObserver> what) {
            try {
                what.accept(observer);
            } catch (Throwable broken) { // whatever it is, no job is to blame for it
                failed(broken);
            }
        }

        private void failed(Throwable broken) {
            failures.incrementAndGet();
            long now = nanoClock.getAsLong();
            long quiet = quietUntil.get();
            if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + EVERY_NANOS)) {
                int count = failures.getAndSet(0);
                FailureLog.log(
                        LOG,
                        ERROR,
                        () -> "GOOSE-4150: " + observer.getClass().getName() + ", which observes the engine, failed "
                                + count + " times since this was last said; jobs go on, what it was told is lost to it",
                        broken);
            }
        }
    }
}
