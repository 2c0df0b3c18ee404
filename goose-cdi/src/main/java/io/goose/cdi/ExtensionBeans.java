package io.goose.cdi;

import io.goose.EnqueueMiddleware;
import io.goose.JobFailureHandler;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.admin.QueueChangeListener;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.BrokerFactory;
import io.goose.spi.MetricsSink;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The beans that extend the engine, without those that others stand in for, and the references to them that were asked for.
 * Thread-safe.
 */
final class ExtensionBeans {

    /** Their types. */
    static final Set<Class<?>> POINTS = Set.of(
            Middleware.class,
            EnqueueMiddleware.class,
            JobFailureHandler.class,
            QueueChangeListener.class,
            RetryDelay.Custom.class,
            ArgumentCodec.class,
            BrokerFactory.class,
            MetricsSink.class,
            WorkerThreads.class);

    private final List<Found> found;
    private final BeanManager beans;
    private final References references;

    /**
     * One of them.
     *
     * @param priority its place among those of its type
     * @param managed whether it is an instance of its bean's class, not of a producer's result
     * @param where the class or the producer, for messages
     */
    record Found(Bean<?> bean, int priority, boolean managed, String where) {}

    ExtensionBeans(List<Found> all, BeanManager beans) {
        List<Bean<?>> managed =
                all.stream().filter(Found::managed).<Bean<?>>map(Found::bean).toList();
        this.beans = beans;
        this.references = new References(beans);
        this.found = all.stream()
                .filter(each -> !each.managed() || Replacements.alternative(each.bean(), managed, beans) == each.bean())
                .sorted(Comparator.comparingInt(Found::priority).thenComparing(Found::where))
                .toList();
    }

    /** Whether a bean is one of them, or our own that traces. */
    static boolean extend(Bean<?> bean) {
        return POINTS.stream().anyMatch(bean.getTypes()::contains) || TracingBeans.isOne(bean);
    }

    /** References to the beans of a type as {@link #instances}, after our own that traces, so that what they do is in the span. */
    <T> List<T> traced(Class<T> point) {
        List<T> all = new ArrayList<>();
        found.stream()
                .map(Found::bean)
                .filter(TracingBeans::isOne)
                .forEach(own -> all.add(point.cast(references.get(own, own.getBeanClass()))));
        all.addAll(instances(point));
        return all;
    }

    /** The beans of a type; lower {@code @Priority} first. */
    List<Bean<?>> all(Class<?> point) {
        return of(point).stream().<Bean<?>>map(Found::bean).toList();
    }

    /**
     * References to the beans of a type, in the same order.
     *
     * @throws IllegalStateException if one of them cannot be made
     */
    <T> List<T> instances(Class<T> point) {
        return references.all(all(point), point);
    }

    /** The references that were given out; who asks for one outside of {@link #instances} does it there. */
    References references() {
        return references;
    }

    private List<Found> of(Class<?> point) {
        return found.stream()
                .filter(each -> each.bean().getTypes().contains(point))
                .toList();
    }

    /**
     * The bean of a type of which there may be one: by the container's rules, so that a selected alternative precedes others.
     *
     * @param problems gets a message if it cannot be decided
     */
    Optional<Bean<?>> single(Class<?> point, List<String> problems) {
        List<Found> all = of(point);
        if (all.size() < 2) {
            return all.stream().<Bean<?>>map(Found::bean).findFirst();
        }
        Set<Bean<?>> candidates = new HashSet<>(all(point));
        try {
            return Optional.of(beans.<Object>resolve(candidates));
        } catch (AmbiguousResolutionException undecided) {
            problems.add("GOOSE-2126: two " + point.getSimpleName() + " beans: "
                    + all.get(0).where() + " and " + all.get(1).where() + "; keep one of them");
            return Optional.empty();
        }
    }
}
