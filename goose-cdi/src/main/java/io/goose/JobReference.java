package io.goose;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a method reference points at, as strings, so that nothing of the application's classes is held. Immutable.
 *
 * @param receiver the class through which the method was referred to, which may be an interface or a superclass of the
 *     job's bean
 * @param method the method's name
 * @param parameterTypes the erased parameter types' names
 * @param declaredName the name in a {@code @Job} or {@code @AsyncJob} that is visible from {@code receiver}; null if none
 *     is visible or it gives no name
 * @param declared the options in that annotation; null if none is visible
 * @since 0.1
 */
public record JobReference(
        String receiver,
        String method,
        List<String> parameterTypes,
        @Nullable String declaredName,
        @Nullable JobOptions declared) {

    public JobReference {
        Objects.requireNonNull(receiver, "receiver");
        Objects.requireNonNull(method, "method");
        parameterTypes = List.copyOf(parameterTypes);
    }

    /**
     * The exception for a reference to a method that is no job as far as can be seen: neither its annotation nor a job of
     * this application.
     */
    public IllegalArgumentException notAJob() {
        return new IllegalArgumentException(JobReferences.message(
                defaultName(),
                "the method has no @Job or @AsyncJob, and this application has no such job",
                "annotate it, or use JobCall.of(\"name\", …) for a job of another application"));
    }

    /** The name that a job has unless its annotation gives another. */
    public String defaultName() {
        return receiver + "#" + method;
    }

    /** The defining text of the method: {@code receiver#method(type,type)}. */
    public String signature() {
        return defaultName() + "(" + String.join(",", parameterTypes) + ")";
    }
}
