package io.goose;

import io.goose.job.BatchId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Jobs of which some run after others, and may have what those returned as arguments. A step runs when all steps that it comes after have
 * succeeded; one that comes after none runs at once.
 *
 * <pre>{@code
 * Workflow.Builder w = Workflow.builder();
 * Workflow.Step words = w.step("words", JobCall.of(Book::words, title));
 * Workflow.Step lines = w.step("lines", JobCall.of(Book::lines, title));
 * w.step("report", JobCall.of(Book::report, title, 0L, 0L)).argument(1, words).argument(2, lines);
 * BatchId id = goose.performWorkflow(w.onFailure(Book::failed).build());
 * }</pre>
 *
 * <p>Immutable, and so thread-safe, as far as the arguments of its calls are.
 *
 * @since 0.1
 */
public final class Workflow {

    /** The most steps of a workflow. */
    public static final int MOST_STEPS = 1000;

    private static final Duration LONGEST = Duration.ofDays(3650);

    private final List<Step> steps;
    private final @Nullable BatchId id;
    private final Duration keep;
    private final @Nullable String queue;
    private final @Nullable JobCall failure;
    private final boolean told;

    private Workflow(Builder builder) {
        this.steps = builder.steps.stream().map(Step::new).toList();
        this.id = builder.id;
        this.keep = builder.keep;
        this.queue = builder.queue;
        this.failure = builder.failure;
        this.told = builder.told;
    }

    /** A builder without steps. */
    public static Builder builder() {
        return new Builder();
    }

    /** The steps in the order in which they were added. */
    public List<Step> steps() {
        return steps;
    }

    /** The id that the caller chose; empty for a fresh one. */
    public Optional<BatchId> id() {
        return Optional.ofNullable(id);
    }

    /** How long results are kept, and what became of the steps. */
    public Duration keep() {
        return keep;
    }

    /** The queue of what begins steps; empty if unset. */
    public Optional<String> queue() {
        return Optional.ofNullable(queue);
    }

    /** What is called when a step has failed for good; empty for nothing. */
    public Optional<JobCall> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the call on failure gets the workflow's id and the name of the step as its arguments. */
    public boolean isFailureTold() {
        return told;
    }

    /** A step. Not thread-safe while its workflow is being built. */
    public static final class Step {
        private final String name;
        private final JobCall call;
        private final int index;
        private final Set<Integer> after;
        private final Map<Integer, Integer> arguments;
        private JobOptions options;

        private Step(String name, JobCall call, int index) {
            this.name = name;
            this.call = call;
            this.index = index;
            this.after = new TreeSet<>();
            this.arguments = new TreeMap<>();
            this.options = JobOptions.NONE;
        }

        private Step(Step from) {
            this.name = from.name;
            this.call = from.call;
            this.index = from.index;
            this.after = Set.copyOf(from.after);
            this.arguments = Map.copyOf(from.arguments);
            this.options = from.options;
        }

        /** This step runs after all of those have succeeded, beside those that it runs after already. */
        public Step after(Step... others) {
            for (Step other : others) {
                after.add(other.index);
            }
            return this;
        }

        /**
         * Passes what another step returned; this step then runs after that one. What the call has in that place is replaced, so a
         * {@code null}, or {@code 0L} for a number, does there.
         *
         * @param place which argument, from 0
         */
        public Step argument(int place, Step from) {
            if (place < 0 || place >= call.arguments().size()) {
                throw new IllegalArgumentException("GOOSE-2302: step '" + name + "' has "
                        + call.arguments().size() + " arguments, so there is none at " + place);
            }
            arguments.put(place, from.index);
            return after(from);
        }

        /** Changes the options of the step's job: {@code step.with(o -> o.queue("print").maxRetries(3))}. */
        public Step with(UnaryOperator<JobOptions.Builder> change) {
            options = change.apply(JobOptions.builder()).build().or(options);
            return this;
        }

        /** Its name. */
        public String name() {
            return name;
        }

        /** What is called. */
        public JobCall call() {
            return call;
        }

        /** The options of its job. */
        public JobOptions options() {
            return options;
        }

        /** The indexes of the steps that it runs after. */
        public Set<Integer> after() {
            return after;
        }

        /** Of which steps the results are passed, by place. */
        public Map<Integer, Integer> arguments() {
            return arguments;
        }
    }

    /** Collects steps. Not thread-safe. */
    public static final class Builder {
        private final List<Step> steps = new ArrayList<>();
        private @Nullable BatchId id;
        private Duration keep = Duration.ofDays(7);
        private @Nullable String queue;
        private @Nullable JobCall failure;
        private boolean told;

        private Builder() {}

        /**
         * Adds a step.
         *
         * @param name for people, and for {@link #onFailure(JobRef2)}; each step has another one
         */
        public Step step(String name, JobCall call) {
            if (name.isEmpty() || steps.stream().anyMatch(step -> step.name.equals(name))) {
                throw new IllegalArgumentException(
                        "GOOSE-2300: the name of a step is not empty, and no other step has it: '" + name + "'");
            }
            Step step = new Step(name, Objects.requireNonNull(call, "call"), steps.size());
            steps.add(step);
            return step;
        }

        /** The id of the workflow, with which making it can be repeated. Default: a fresh one. */
        public Builder id(BatchId value) {
            id = Objects.requireNonNull(value, "id");
            return this;
        }

        /**
         * How long each result is kept after its step, what became of each step after its end, and what the workflow is after its
         * beginning. A step that needs a result which is gone cannot begin. Default: seven days. At least a second, at most 3650 days.
         */
        public Builder keep(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "GOOSE-2300: a workflow is kept for 1 second to 3650 days, not " + value);
            }
            keep = value;
            return this;
        }

        /** The queue of the small jobs that begin steps. Default: that of the first step. */
        public Builder queue(String value) {
            queue = QueueNames.check(value);
            return this;
        }

        /** What is called once when the first step has failed for good, with the workflow's id and the name of that step. */
        public <T> Builder onFailure(JobRef2<T, String, String> job) {
            failure = JobCall.of(job, "", "");
            told = true;
            return this;
        }

        /** The same for any call, which is made as it is. */
        public Builder onFailure(JobCall call) {
            failure = Objects.requireNonNull(call, "call");
            told = false;
            return this;
        }

        /**
         * The workflow.
         *
         * @throws IllegalArgumentException if it has no steps or too many, or if a step would have to run after itself
         */
        public Workflow build() {
            if (steps.isEmpty() || steps.size() > MOST_STEPS) {
                throw new IllegalArgumentException("GOOSE-2300: a workflow has 1 to " + MOST_STEPS + " steps, not "
                        + steps.size() + "; a batch has more");
            }
            refuseForeign();
            refuseCycles();
            return new Workflow(this);
        }

        private void refuseForeign() {
            for (Step step : steps) {
                if (step.after.stream().anyMatch(other -> other >= steps.size())) {
                    throw new IllegalArgumentException(
                            "GOOSE-2300: step '" + step.name + "' comes after a step of another workflow");
                }
            }
        }

        private void refuseCycles() {
            Set<Integer> open = new TreeSet<>();
            steps.forEach(step -> open.add(step.index));
            boolean some = true;
            while (some) {
                Set<Integer> free = new HashSet<>(open);
                free.removeIf(index -> steps.get(index).after.stream().anyMatch(open::contains));
                some = open.removeAll(free);
            }
            if (!open.isEmpty()) {
                throw new IllegalArgumentException("GOOSE-2301: steps "
                        + Arrays.toString(open.stream()
                                .map(index -> steps.get(index).name)
                                .toArray())
                        + " come after each other in a circle, so none of them could ever begin");
            }
        }
    }
}
