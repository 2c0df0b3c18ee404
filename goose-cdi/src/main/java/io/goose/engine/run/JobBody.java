package io.goose.engine.run;

import io.goose.JobInvocation;
import io.goose.JobRun;
import io.goose.engine.handler.JobDefinition;
import io.goose.spi.ArgumentCodec;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls jobs' methods behind the middlewares, within their time. Thread-safe. */
final class JobBody {

    private final JobRunner.Surroundings around;
    private final JobRunner.Times times;

    JobBody(JobRunner.Surroundings around, JobRunner.Times times) {
        this.around = around;
        this.times = times;
    }

    /** Runs the job's method behind its middlewares; throws what they throw. */
    void run(JobReader.Job read) throws Throwable {
        JobDefinition job = read.definition();
        Attempt attempt = read.attempt();
        attempt.begin(around.clock(), timeout(job, attempt));
        try {
            invoke(job, attempt, read.codec());
        } finally {
            attempt.disarm();
            attempt.watch().bodyEnded();
        }
    }

    private void invoke(JobDefinition job, Attempt attempt, ArgumentCodec codec) throws Throwable {
        List<@Nullable Object> values = codec.decode(attempt.envelope().args(), job.parameters());
        if (around.middlewares().isEmpty() || JobDefinition.isOwn(job.name())) {
            attempt.arm();
            attempt.returns(job.settings().invoker().invoke(values));
        } else {
            attempt.returns(new Link(0, job, attempt, Collections.unmodifiableList(values)).proceed());
        }
    }

    /** What the producer said, then what the method's annotation says here, then the configuration; a job of our own has none. */
    private Duration timeout(JobDefinition job, Attempt attempt) {
        if (JobDefinition.isOwn(job.name())) {
            return Duration.ZERO;
        }
        return attempt.envelope()
                .timeout()
                .or(() -> job.settings().options().timeout())
                .orElse(times.timeout());
    }

    /** The rest of the chain from one middleware on. */
    private final class Link implements JobInvocation {
        private final int index;
        private final JobDefinition job;
        private final Attempt attempt;
        private final List<@Nullable Object> values;
        private boolean proceeded; // job's thread only

        private Link(int index, JobDefinition job, Attempt attempt, List<@Nullable Object> values) {
            this.index = index;
            this.job = job;
            this.attempt = attempt;
            this.values = values;
        }

        @Override
        public JobRun run() {
            return attempt;
        }

        @Override
        public List<@Nullable Object> arguments() {
            return values;
        }

        @Override
        public @Nullable Object proceed() throws Throwable {
            if (proceeded) {
                throw new IllegalStateException("GOOSE-4108: a middleware of job " + attempt.id()
                        + " proceeded twice; the job's method would run twice in one attempt. Proceed once, and throw"
                        + " RetryLater to have it run again");
            }
            proceeded = true;
            if (index < around.middlewares().size()) {
                return around.middlewares().get(index).around(new Link(index + 1, job, attempt, values));
            }
            attempt.arm();
            try {
                return job.settings().invoker().invoke(values);
            } catch (Throwable thrown) {
                throw Causes.unwrap(thrown);
            }
        }
    }
}
