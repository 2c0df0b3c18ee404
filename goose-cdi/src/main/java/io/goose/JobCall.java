package io.goose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An invocation as a value: the name of a job and its arguments.
 *
 * <p>Immutable, and so thread-safe, as far as its arguments are. They are encoded, and so checked, when the call is enqueued.
 *
 * @since 0.1
 */
public final class JobCall {

    private final String handler;
    private final List<@Nullable Object> arguments;
    private final @Nullable JobReference reference;

    JobCall(String handler, List<@Nullable Object> arguments, @Nullable JobReference reference) {
        this.handler = Objects.requireNonNull(handler, "handler");
        this.arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
        this.reference = reference;
    }

    /**
     * A call of the job with this name.
     *
     * <p>The other factories take a method reference and are checked by the compiler; an overloaded or generic job method
     * needs explicit type arguments there, or this one. A literal {@code 7} does not fit a {@code long} parameter there:
     * write {@code 7L}.
     *
     * @param handler the job's name: that of {@code @Job(name = …)}, else {@code fully.qualified.Class#method}
     * @param arguments the arguments in the order of the parameters; elements may be null
     * @throws IllegalArgumentException if {@code handler} is empty
     */
    public static JobCall of(String handler, @Nullable Object... arguments) {
        if (handler.isEmpty()) {
            throw new IllegalArgumentException("GOOSE-1008: the name of a job is empty; it is that of @Job(name), else"
                    + " fully.qualified.Class#method");
        }
        return new JobCall(handler, Arrays.asList(arguments), null);
    }

    /** A call of the job method {@code job} with no arguments; see {@link #of(String, Object...)} for the rules. */
    public static <T> JobCall of(JobRef0<T> job) {
        return JobReferences.call(job, List.of());
    }

    /** A call of the job method {@code job} with one argument; see {@link #of(String, Object...)} for the rules. */
    public static <T, A extends @Nullable Object> JobCall of(JobRef1<T, A> job, A a) {
        return JobReferences.call(job, args(a));
    }

    /** A call of the job method {@code job} with two arguments; see {@link #of(String, Object...)} for the rules. */
    public static <T, A extends @Nullable Object, B extends @Nullable Object> JobCall of(
            JobRef2<T, A, B> job, A a, B b) {
        return JobReferences.call(job, args(a, b));
    }

    /** A call of the job method {@code job} with three arguments; see {@link #of(String, Object...)} for the rules. */
    public static <T, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> JobCall of(
            JobRef3<T, A, B, C> job, A a, B b, C c) {
        return JobReferences.call(job, args(a, b, c));
    }

    /** A call of the job method {@code job} with four arguments; see {@link #of(String, Object...)} for the rules. */
    public static <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            JobCall of(JobRef4<T, A, B, C, D> job, A a, B b, C c, D d) {
        return JobReferences.call(job, args(a, b, c, d));
    }

    /** A call of the job method {@code job} with five arguments; see {@link #of(String, Object...)} for the rules. */
    public static <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            JobCall of(JobRef5<T, A, B, C, D, E> job, A a, B b, C c, D d, E e) {
        return JobReferences.call(job, args(a, b, c, d, e));
    }

    /** A call of the job method {@code job} with six arguments; see {@link #of(String, Object...)} for the rules. */
    public static <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            JobCall of(JobRef6<T, A, B, C, D, E, F> job, A a, B b, C c, D d, E e, F f) {
        return JobReferences.call(job, args(a, b, c, d, e, f));
    }

    /** The job's name as far as the caller knows it; the client maps aliases and supertypes to the registered name. */
    public String handler() {
        return handler;
    }

    /** The arguments; unmodifiable, elements may be null. */
    public List<@Nullable Object> arguments() {
        return arguments;
    }

    /** The method reference that this call was made from; null if it was made from a name. */
    public @Nullable JobReference reference() {
        return reference;
    }

    /** Names the job only: arguments may be secret. */
    @Override
    public String toString() {
        return "JobCall[" + handler + ", " + arguments.size() + " arguments]";
    }

    private static List<@Nullable Object> args(@Nullable Object... values) {
        return Arrays.asList(values);
    }
}
