package io.goose;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a CDI bean or an EJB runnable as a background job.
 *
 * <p>Only discovered methods can run; nothing that comes from a broker is resolved by reflection. The annotation may
 * stand on the method of an interface, so that a client without the bean can enqueue; the nearest one to the
 * implementation wins. A member left at its default is unset: the configuration, then the built-in default, decides. A
 * setting given with the call precedes all of them.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Job {

    /** The stable name on the wire; default {@code fully.qualified.Class#method}. */
    String name() default "";

    /** Former names under which jobs may still wait; a renamed method keeps its old name here. */
    String[] aliases() default {};

    /** The queue; default {@code default}. */
    String queue() default "";

    /** Retries after the first run, 0 to {@link Integer#MAX_VALUE}; default {@code goose.retry.max}, 27. */
    int maxRetries() default -1;

    /** The queue that retries go to; default the job's own. It needs a worker that serves it. */
    String retryQueue() default "";

    /**
     * The delay before each retry as text: {@code standard}, {@code fixed:PT5S},
     * {@code exponential:PT1S,2.0,PT1H} or {@code named:x} for a {@link RetryDelay} bean named x; default standard.
     *
     * @see RetryDelay
     */
    String retryDelay() default "";

    /** Whether the job is dropped, not buried, after its last retry; death handlers are called all the same. */
    boolean skipDead() default false;

    /**
     * How long one run may take, in ISO-8601, for example {@code PT5M}; default {@code goose.job.timeout}, unlimited. A run
     * that takes longer is interrupted and has failed with a {@link JobTimeoutException}.
     */
    String timeout() default "";

    /**
     * What limits and turns go by, see {@link JobOptions.Builder#key}; default none. Text in which {@code {0}} stands for the first
     * argument, {@code {1}} for the second: {@code key = "{0}"} is a key for each value of the first.
     */
    String key() default "";

    /**
     * How long what became of a job is kept after its end, in ISO-8601, for example {@code PT1H}, or {@code default} for as long as
     * {@code goose.result.retention} says; default not at all. See {@link GooseClient#status}.
     */
    String keepResult() default "";

    /** Failures of these types, or of subtypes, are not retried: the job dies at once. */
    Class<? extends Throwable>[] noRetryOn() default {};

    /**
     * Whether the body runs in a transaction that completes the job too, so that its effect happens exactly once; default
     * false. The job's broker must be a JDBC one whose data source the body uses too, and there must be a transaction
     * manager; or a {@link io.goose.mdb.TransactionalJobsBean} of the resource adapter runs it, on Redis. What the body throws
     * rolls its work back.
     */
    boolean transactional() default false;
}
