package io.goose.admin;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to find: those that have everything which is asked for. Immutable; the methods return changed copies.
 *
 * <pre>{@code
 * JobFilter.ANY.handler("com.acme.Mailer#sendWelcome").argument("ann@example.org").failed(true)
 * }</pre>
 *
 * @param handler the whole name of the job, see {@link io.goose.Job#name}; null for any
 * @param tag one of its tags; null for any
 * @param argument a value that stands somewhere in its arguments, however deep, as a whole: a text, or a number, true or false as
 *     JSON writes it; null for any
 * @param failed whether it has failed before; null for any
 * @since 0.1
 */
public record JobFilter(
        @Nullable String handler,
        @Nullable String tag,
        @Nullable String argument,
        @Nullable Boolean failed) {

    /** Every job, also one whose envelope cannot be read. */
    public static final JobFilter ANY = new JobFilter(null, null, null, null);

    public JobFilter handler(String name) {
        return new JobFilter(Objects.requireNonNull(name, "name"), tag, argument, failed);
    }

    public JobFilter tag(String name) {
        return new JobFilter(handler, Objects.requireNonNull(name, "name"), argument, failed);
    }

    public JobFilter argument(String value) {
        return new JobFilter(handler, tag, Objects.requireNonNull(value, "value"), failed);
    }

    public JobFilter failed(boolean hasFailed) {
        return new JobFilter(handler, tag, argument, hasFailed);
    }
}
