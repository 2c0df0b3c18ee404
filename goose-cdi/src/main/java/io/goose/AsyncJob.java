package io.goose;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A {@link Job} whose call enqueues it: calling the method through its bean returns at once, a worker runs the body.
 *
 * <p>The method returns {@code void} or {@link io.goose.job.JobId}; the body of the latter returns null. Only the
 * engine's own invocation of a leased job runs the body; every other call enqueues, also one made inside a job. A call
 * on {@code this} is a plain call, as with every interceptor. Interceptors of lower priority ({@code @Transactional},
 * validation, fault tolerance) act when the body runs; on an EJB the container's transaction and role checks come
 * before any interceptor, so the call to enqueue runs under them too.
 *
 * <p>The members mean what they mean on {@link Job}.
 *
 * @since 0.1
 */
@Documented
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface AsyncJob {

    /** See {@link Job#name()}. */
    @Nonbinding
    String name() default "";

    /** See {@link Job#aliases()}. */
    @Nonbinding
    String[] aliases() default {};

    /** See {@link Job#queue()}. */
    @Nonbinding
    String queue() default "";

    /** See {@link Job#maxRetries()}. */
    @Nonbinding
    int maxRetries() default -1;

    /** See {@link Job#retryQueue()}. */
    @Nonbinding
    String retryQueue() default "";

    /** See {@link Job#retryDelay()}. */
    @Nonbinding
    String retryDelay() default "";

    /** See {@link Job#skipDead()}. */
    @Nonbinding
    boolean skipDead() default false;

    /** See {@link Job#timeout()}. */
    @Nonbinding
    String timeout() default "";

    /** See {@link Job#key()}. */
    @Nonbinding
    String key() default "";

    /**
     * How long what became of a job is kept after its end, in ISO-8601, for example {@code PT1H}, or {@code default} for as long as
     * {@code goose.result.retention} says; default not at all. See {@link GooseClient#status}.
     */
    @Nonbinding
    String keepResult() default "";

    /** See {@link Job#noRetryOn()}. */
    @Nonbinding
    Class<? extends Throwable>[] noRetryOn() default {};

    /** See {@link Job#transactional()}. */
    @Nonbinding
    boolean transactional() default false;

    /** The configured broker that calls enqueue on; default the default broker. */
    @Nonbinding
    String broker() default "";
}
