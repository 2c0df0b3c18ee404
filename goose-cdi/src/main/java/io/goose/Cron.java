package io.goose;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a job again and again: {@code @Job @Cron("0 3 * * *")}. The method is a {@link Job} or an {@link AsyncJob} without
 * parameters. The entry is registered when an application starts that has a worker of its {@link #broker}; starting again
 * neither drops a tick that is due nor moves the next one. An entry whose annotation was removed stays until somebody deletes it.
 *
 * @see CronEntry
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Cron.Entries.class)
public @interface Cron {

    /** The schedule: five fields as in UNIX, six with seconds, or a word such as {@code @daily}. */
    String value();

    /** The name of the entry; default that of the job. Of several on a method each but one needs a name. */
    String name() default "";

    /** The zone of the schedule's times, such as {@code Europe/Paris}; default that of the Java process. */
    String zone() default "";

    /** What becomes of ticks that were not enqueued in time; default {@link CronEntry.Missed#ONCE}. */
    CronEntry.Missed missed() default CronEntry.Missed.ONCE;

    /** How many ticks {@link CronEntry.Missed#ALL} makes up for at once, 1 to 500; default 10. */
    int most() default CronEntry.USUAL_MISSED;

    /** What happens while the job of the former tick is not over; default {@link CronEntry.Overlap#ALLOW}. */
    CronEntry.Overlap overlap() default CronEntry.Overlap.ALLOW;

    /** How much later a tick may be enqueued, as ISO-8601 text such as {@code PT30S}; default not at all. */
    String jitter() default "";

    /**
     * The configured broker that keeps the entry and its jobs; default that of the {@link AsyncJob}, else the default broker. The
     * deployment fails if no broker has this name, or if it keeps no recurring jobs and has a worker here.
     */
    String broker() default "";

    /** Several of them on one method. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface Entries {
        /** All of them. */
        Cron[] value();
    }
}
