package io.goose.cdi;

import io.goose.admin.QueueChange;
import io.goose.admin.QueueChange.Kind;
import io.goose.admin.QueueChangeListener;
import jakarta.enterprise.inject.spi.BeanManager;
import java.time.Instant;
import java.util.List;

/** Fires the CDI event of changes in queues. Thread-safe. */
final class QueueChangeEvents implements QueueChangeListener {

    private static final QueueChange ANY =
            new QueueChange(Kind.PAUSED, "", "", null, List.of(), 0, null, Instant.EPOCH);

    private final BeanManager beans;

    private QueueChangeEvents(BeanManager beans) {
        this.beans = beans;
    }

    /** One that fires the event, or none if nobody observes it. */
    static List<QueueChangeListener> of(BeanManager beans) {
        return beans.resolveObserverMethods(ANY).isEmpty() ? List.of() : List.of(new QueueChangeEvents(beans));
    }

    @Override
    public void onChange(QueueChange change) {
        beans.getEvent().select(QueueChange.class).fire(change);
    }
}
