package io.goose.cdi;

import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Specializes;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which beans with jobs stand in for others: by {@code @Specializes}, or as the selected alternative that a call of their
 * superclass's bean would get. The jobs of such a bean take over the names of those that it replaces. Immutable.
 */
final class Replacements {

    private final Map<Class<?>, FoundBean> by; // of the class of a bean that is replaced

    private Replacements(Map<Class<?>, FoundBean> by) {
        this.by = by;
    }

    static Replacements among(Collection<FoundBean> found, BeanManager beans) {
        Map<Class<?>, FoundBean> byClass = new LinkedHashMap<>();
        found.forEach(bean -> byClass.put(bean.type().getJavaClass(), bean));
        Map<Class<?>, FoundBean> by = new HashMap<>();
        for (FoundBean bean : found) {
            Class<?> parent = bean.type().getJavaClass().getSuperclass();
            if (bean.type().isAnnotationPresent(Specializes.class) && byClass.containsKey(parent)) {
                by.put(parent, bean);
            }
        }
        List<Bean<?>> enabled = found.stream()
                .filter(bean -> !by.containsKey(bean.type().getJavaClass()))
                .<Bean<?>>map(FoundBean::bean)
                .toList();
        for (Bean<?> bean : enabled) {
            FoundBean winner = byClass.get(alternative(bean, enabled, beans).getBeanClass());
            if (winner != null && winner.bean() != bean) {
                by.put(bean.getBeanClass(), winner);
            }
        }
        return new Replacements(by);
    }

    /** What is injected for the class of {@code bean}: the bean itself or a selected alternative that extends it. */
    static Bean<?> alternative(Bean<?> bean, Collection<Bean<?>> others, BeanManager beans) {
        Set<Bean<?>> candidates = new HashSet<>();
        for (Bean<?> other : others) {
            if (other.isAlternative()
                    && bean.getBeanClass().isAssignableFrom(other.getBeanClass())
                    && other.getTypes().contains(bean.getBeanClass())
                    && other.getQualifiers().containsAll(bean.getQualifiers())) {
                candidates.add(other);
            }
        }
        if (candidates.isEmpty()) {
            return bean;
        }
        candidates.add(bean);
        try {
            return beans.<Object>resolve(candidates);
        } catch (AmbiguousResolutionException undecided) { // nobody can inject it then
            return bean;
        }
    }

    boolean isReplaced(FoundBean bean) {
        return by.containsKey(bean.type().getJavaClass());
    }

    /** The jobs of beans that are replaced, each with the job that runs instead. */
    Map<JobMethod, JobMethod> jobs(Collection<FoundBean> found) {
        Map<JobMethod, JobMethod> successors = new HashMap<>();
        for (FoundBean bean : found) {
            FoundBean last = last(bean);
            if (last == null) {
                continue;
            }
            for (JobMethod job : bean.jobs()) {
                String signature = JobMethods.signature(job.bean(), job.method());
                last.jobs().stream()
                        .filter(other -> other.signatures().contains(signature))
                        .findFirst()
                        .ifPresent(successor -> successors.put(job, successor));
            }
        }
        return successors;
    }

    private @Nullable FoundBean last(FoundBean bean) {
        FoundBean next = by.get(bean.type().getJavaClass());
        FoundBean last = next;
        while (next != null) { // each is a subclass of the one before
            last = next;
            next = by.get(next.type().getJavaClass());
        }
        return last;
    }
}
