package io.goose;

import java.io.Serializable;

/**
 * A reference to a job method with no arguments, as in {@code Mailer::sendWelcome}. It is never called: its target is read
 * from it. Lambdas, and references to static methods, constructors or a given object, are refused.
 *
 * <p>Stateless, so thread-safe.
 *
 * @param <T> a type of the job's bean
 * @since 0.1
 */
@FunctionalInterface
public interface JobRef0<T> extends Serializable {

    /** The shape of the job method; Goose does not call this. */
    void call(T bean) throws Exception;
}
