package io.goose.cdi;

import jakarta.enterprise.event.NotificationOptions;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Fires events at those who observe them asynchronously, on the calling thread, which is one of ours. Stateless. */
final class Firing {

    private static final NotificationOptions HERE = NotificationOptions.ofExecutor(Runnable::run);

    private Firing() {}

    /**
     * Tells all asynchronous observers, one after the other.
     *
     * @throws IllegalStateException if one of them failed; the others were told
     */
    static <T> void fire(BeanManager beans, Class<T> type, T event) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        beans.getEvent().select(type).fireAsync(event, HERE).whenComplete((told, thrown) -> failure.set(thrown));
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("an observer of " + type.getSimpleName() + " failed", failed);
        }
    }
}
