package io.goose;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits a job: {@code @Job(queue = "mail") @Limited(concurrent = 3, rate = 100)}. The limit is set in the job's queue on the default
 * broker when an application starts that has a worker there; starting again sets it only if the annotation has changed meanwhile, so what
 * an operator has changed stays. A job with a limit of its own belongs to its queue: a call cannot choose another, for nobody would
 * count it there. A limit whose annotation was removed stays until somebody removes it.
 *
 * @see io.goose.admin.LimitAdmin
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Limited {

    /** How many run at a time, 1 to a million; default any number. */
    int concurrent() default 0;

    /** How many are begun in {@link #per}, 1 to a million; default any number. */
    long rate() default 0;

    /** What the rate is counted in, as ISO-8601 text such as {@code PT1M}; default a second. */
    String per() default "PT1S";

    /**
     * Whether the limit is that of each key, see {@link Job#key}, for all jobs of the queue that have one; default false: it is
     * this job's, whatever the keys.
     */
    boolean eachKey() default false;
}
