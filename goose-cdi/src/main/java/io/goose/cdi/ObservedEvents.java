package io.goose.cdi;

import io.goose.admin.QueueChange;
import io.goose.event.BatchCompleted;
import io.goose.event.BrokerLost;
import io.goose.event.BrokerRegained;
import io.goose.event.JobDied;
import io.goose.event.JobEnqueued;
import io.goose.event.JobFailed;
import io.goose.event.JobRescued;
import io.goose.event.JobStarted;
import io.goose.event.JobSucceeded;
import jakarta.enterprise.inject.spi.ObserverMethod;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which events of the life of jobs somebody observes. Filled while the container boots, on its thread. */
final class ObservedEvents {

    /** All there are. */
    static final Set<Class<?>> ALL = Set.of(
            JobEnqueued.class,
            JobStarted.class,
            JobSucceeded.class,
            JobFailed.class,
            JobDied.class,
            JobRescued.class,
            BatchCompleted.class,
            BrokerLost.class,
            BrokerRegained.class);

    private final Set<Class<?>> observed = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    void see(ObserverMethod<?> method) {
        Class<?> type = erased(method.getObservedType());
        if (method.isAsync() && type == QueueChange.class) {
            problems.add(
                    "GOOSE-2351: " + method.getBeanClass().getName() + " observes QueueChange with @ObservesAsync and"
                            + " would never be told, for it is fired on the thread that made the change; write @Observes");
        } else if (method.isAsync()) {
            ALL.stream().filter(type::isAssignableFrom).forEach(observed::add);
        } else if (ALL.contains(type)) {
            problems.add("GOOSE-2350: " + method.getBeanClass().getName() + " observes " + type.getSimpleName()
                    + " with @Observes and would never be told, for it is fired asynchronously; write @ObservesAsync");
        }
    }

    /** A type variable observes whatever its bound is, which nobody writes: it counts as everything. */
    private static Class<?> erased(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : Object.class;
    }

    /** The types of those that are observed. */
    Set<Class<?>> types() {
        return Set.copyOf(observed);
    }

    /** Observers that would never be told. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
