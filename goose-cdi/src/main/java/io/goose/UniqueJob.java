package io.goose;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes the jobs of a method unique in their queue: while one has the key no second one is enqueued. Stands beside {@link Job} or
 * {@link AsyncJob}; what a call says of it by {@link JobOptions.Builder#unique} precedes all of it. The broker must be able to do that, or
 * each enqueue is refused.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface UniqueJob {

    /** How long a job has its key; default until it has ended. */
    Unique.Scope scope() default Unique.Scope.RUNNING;

    /** How long instead, from the enqueue on and whatever becomes of the job, in ISO-8601, for example {@code PT1H}. */
    String lasting() default "";

    /** The positions of the arguments that are compared, from 0; default all. See also {@link #byHandler}. */
    int[] arguments() default {};

    /** Whether no arguments are compared: one job of the method at a time; default false. */
    boolean byHandler() default false;

    /** The length of periods of which each may have a job, in ISO-8601, for example {@code P1D}; default none. */
    String per() default "";

    /** What becomes of a job whose key another one has; default nothing. */
    Unique.OnConflict onConflict() default Unique.OnConflict.KEEP;
}
