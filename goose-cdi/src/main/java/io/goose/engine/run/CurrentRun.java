package io.goose.engine.run;

import io.goose.JobRun;
import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The run that the calling thread is in, innermost first; as a {@link JobRun} it is a proxy on that. */
public final class CurrentRun implements JobRun {

    // A thread-local is gone when its outermost run has ended: see leave().
    @SuppressWarnings("ThreadLocalUsage") // one for each engine: a job of one must not be seen by another
    private final ThreadLocal<Deque<Attempt>> runs = new ThreadLocal<>();

    void enter(Attempt attempt) {
        Deque<Attempt> stack = runs.get();
        if (stack == null) {
            stack = new ArrayDeque<>(2);
            runs.set(stack);
        }
        stack.push(attempt);
    }

    void leave() {
        Deque<Attempt> stack = runs.get();
        stack.pop();
        if (stack.isEmpty()) {
            runs.remove();
        }
    }

    /** Whether the calling thread is in the engine's own invocation of {@code handler}; true at most once for each. */
    public boolean take(String handler) {
        Deque<Attempt> stack = runs.get();
        return stack != null && stack.element().take(handler);
    }

    /** Whether the calling thread is in a run. */
    public boolean isInside() {
        return runs.get() != null;
    }

    private Attempt current() {
        Deque<Attempt> stack = runs.get();
        if (stack == null) {
            throw new IllegalStateException(
                    "GOOSE-4101: JobRun was used outside a job; call it on the thread that runs the job's method");
        }
        return stack.element();
    }

    @Override
    public JobId id() {
        return current().id();
    }

    @Override
    public String handler() {
        return current().handler();
    }

    @Override
    public int attempt() {
        return current().attempt();
    }

    @Override
    public int retriesLeft() {
        return current().retriesLeft();
    }

    @Override
    public String queue() {
        return current().queue();
    }

    @Override
    public Instant enqueuedAt() {
        return current().enqueuedAt();
    }

    @Override
    public Optional<Instant> runAt() {
        return current().runAt();
    }

    @Override
    public Optional<Instant> tick() {
        return current().tick();
    }

    @Override
    public Optional<BatchId> batch() {
        return current().batch();
    }

    @Override
    public Optional<Instant> deadline() {
        return current().deadline();
    }

    @Override
    public List<String> tags() {
        return current().tags();
    }

    @Override
    public Map<String, String> headers() {
        return current().headers();
    }

    @Override
    public long token() {
        return current().token();
    }

    @Override
    public boolean isLost() {
        return current().isLost();
    }

    @Override
    public boolean isCancelled() {
        return current().isCancelled();
    }
}
