package io.goose;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The argument for this parameter of a job is never shown in a log, not even with {@code goose.log.arguments=true}; written on the method
 * that runs, or on the one that carries {@link Job}. It is stored and sent like any other: who may read the broker may read it.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Sensitive {}
