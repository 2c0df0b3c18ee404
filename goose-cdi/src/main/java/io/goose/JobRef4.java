package io.goose;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a job method with four arguments, as in {@code Mailer::sendWelcome}. It is never called: its target is read
 * from it. Lambdas, and references to static methods, constructors or a given object, are refused.
 *
 * <p>Stateless, so thread-safe.
 *
 * @param <T> a type of the job's bean
 * @param <A> the type of parameter 1
 * @param <B> the type of parameter 2
 * @param <C> the type of parameter 3
 * @param <D> the type of parameter 4
 * @since 0.1
 */
@FunctionalInterface
public interface JobRef4<
                T,
                A extends @Nullable Object,
                B extends @Nullable Object,
                C extends @Nullable Object,
                D extends @Nullable Object>
        extends Serializable {

    /** The shape of the job method; Goose does not call this. */
    void call(T bean, A a, B b, C c, D d) throws Exception;
}
