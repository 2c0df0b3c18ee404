package io.goose;

import io.goose.job.JobId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Of many jobs that were to be enqueued at once, some were not, or it is unknown whether they were. What became of each is in
 * {@link #results}, in the order of the calls; the cause is the first failure.
 *
 * <p>To repeat, enqueue those that failed one by one with their ids: {@code goose.with(o ->
 * o.id(result.id())).performAsync(call)}. A job that is there already is not enqueued twice; see {@link
 * EnqueueOutcomeUnknownException} for one whose outcome is unknown.
 *
 * @since 0.1
 */
public final class PartlyEnqueuedException extends GooseException {

    private final ArrayList<String> ids = new ArrayList<>();
    private final ArrayList<@Nullable GooseException> failures = new ArrayList<>();

    /**
     * What became of one job.
     *
     * @param id its id
     * @param failure why it is not enqueued, or why that is unknown; null if it is enqueued
     */
    public record Result(JobId id, @Nullable GooseException failure) {
        public Result {
            Objects.requireNonNull(id, "id");
        }
    }

    public PartlyEnqueuedException(String message, GooseException first, Collection<Result> results) {
        super(message, first);
        for (Result result : results) {
            ids.add(result.id().value());
            failures.add(result.failure());
        }
    }

    /** What became of each job, in the order of the calls. */
    public List<Result> results() {
        List<Result> results = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            results.add(new Result(new JobId(ids.get(i)), failures.get(i)));
        }
        return Collections.unmodifiableList(results);
    }
}
