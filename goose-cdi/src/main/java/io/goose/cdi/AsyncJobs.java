package io.goose.cdi;

import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods whose call enqueues: those with {@code @AsyncJob}. Immutable. */
final class AsyncJobs {

    private final Map<Class<?>, Map<String, AsyncTarget>> byBean;

    private AsyncJobs(Map<Class<?>, Map<String, AsyncTarget>> byBean) {
        this.byBean = byBean;
    }

    /**
     * Where a call goes.
     *
     * @param handler the job's name
     * @param broker empty for the default one
     */
    record AsyncTarget(String handler, String broker) {}

    /**
     * Collects them.
     *
     * @param successors for jobs of beans that are replaced, what runs instead: an instance may exist all the same
     */
    static AsyncJobs of(List<JobMethod> jobs, Map<JobMethod, JobMethod> successors) {
        Map<Class<?>, Map<String, AsyncTarget>> byBean = new HashMap<>();
        jobs.forEach(job -> put(byBean, job, job));
        successors.forEach((replaced, successor) -> put(byBean, replaced, successor));
        return new AsyncJobs(byBean);
    }

    private static void put(Map<Class<?>, Map<String, AsyncTarget>> byBean, JobMethod called, JobMethod meant) {
        if (called.isAsync()) {
            byBean.computeIfAbsent(called.bean(), b -> new HashMap<>())
                    .put(
                            JobMethods.nameAndTypes(called.method()),
                            new AsyncTarget(meant.name(), meant.declaration().broker()));
        }
    }

    /** The job that a call of {@code method} on an instance of {@code type}, or of a proxy of it, means. */
    Optional<AsyncTarget> find(Class<?> type, Method method) {
        String key = JobMethods.nameAndTypes(method);
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            Map<String, AsyncTarget> jobs = byBean.get(c);
            if (jobs != null) {
                return Optional.ofNullable(jobs.get(key));
            }
        }
        return Optional.empty();
    }
}
