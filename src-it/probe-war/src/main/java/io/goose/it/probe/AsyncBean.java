package io.goose.it.probe;

import io.goose.AsyncJob;
import io.goose.it.observe.Surroundings;
import io.goose.job.JobId;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.NotBlank;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.faulttolerance.Fallback;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.jspecify.annotations.Nullable;

/** Each sentence about {@code @AsyncJob} on a CDI bean. */
@ApplicationScoped
public class AsyncBean {

    @Inject
    Observer observer;

    @Inject
    AsyncBean proxy;

    /** Runs on a worker only. */
    @AsyncJob
    public void plain(String key) {
        observer.record(key);
    }

    /** Tells the caller the job's id. */
    @AsyncJob
    public @Nullable JobId identified(String key) {
        observer.record(key);
        return null;
    }

    /** Enqueues another job from inside a job. */
    @AsyncJob
    public void callsAnother(String key) {
        proxy.plain(key + "/other");
        observer.record(key);
    }

    /** Enqueues itself for the next page. */
    @AsyncJob
    public void pages(String key, int page) {
        observer.record(key + "/" + page);
        if (page < 3) {
            proxy.pages(key, page + 1);
        }
    }

    /** A call on {@code this} is a plain call. */
    @AsyncJob
    public void invokesItself(String key) {
        observer.record(key);
        plain(key + "/self");
    }

    /** A call on another thread while a body runs enqueues, too. */
    @AsyncJob
    public void callsFromAnotherThread(String key) throws Exception {
        ManagedExecutorService executor =
                (ManagedExecutorService) Surroundings.lookup("java:comp/DefaultManagedExecutorService");
        executor.submit(() -> proxy.plain(key + "/thread")).get(1, TimeUnit.MINUTES);
        observer.record(key);
    }

    /** The transaction begins when the body runs. */
    @AsyncJob
    @Transactional
    public void transactional(String key) {
        observer.record(key);
    }

    /** Can be enqueued without a transaction and cannot run without one. */
    @AsyncJob(maxRetries = 0)
    @Transactional(Transactional.TxType.MANDATORY)
    public @Nullable JobId mandatory(String key) {
        observer.record(key);
        return null;
    }

    /** Can be enqueued with a blank argument and cannot run with one. */
    @AsyncJob(maxRetries = 0)
    public @Nullable JobId validated(@NotBlank String text) {
        observer.record("validated");
        return null;
    }

    /** Fault tolerance acts when the body runs. */
    @AsyncJob(maxRetries = 0)
    @Retry(maxRetries = 2, jitter = 0)
    @Fallback(fallbackMethod = "instead")
    public @Nullable JobId tolerated(String key, String ballast) {
        observer.record(key);
        throw new IllegalStateException("always");
    }

    /** The fallback. */
    public @Nullable JobId instead(String key, String ballast) {
        observer.record(key + "/instead");
        return null;
    }

    /** Enqueues on another broker. */
    @AsyncJob(broker = "reports", queue = "reports")
    public @Nullable JobId reported(String key) {
        observer.record(key);
        return null;
    }

    /** Other interceptors act when the body runs. */
    @AsyncJob
    @Counted
    public void intercepted(String key) {
        observer.record(key);
    }
}
