package io.goose.engine.run;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.engine.batch.WorkflowSteps;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.Observation;
import io.goose.engine.retry.RetryDecision;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what is to be run for a lease, and what becomes of a job that cannot be run here. Thread-safe. */
final class JobReader {

    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());
    private static final Duration UNKNOWN_FIRST = Duration.ofSeconds(1);
    private static final Duration UNKNOWN_LONGEST = Duration.ofSeconds(30);

    private final JobCatalogue catalogue;
    private final EnvelopeCodec envelopes = new EnvelopeCodec();
    private final Map<String, ArgumentCodec> codecs;
    private final Observation observation;
    private final RetryDecision retries;
    private final JobRunner.Times times;
    private final Endings endings;

    JobReader(
            JobCatalogue catalogue,
            Map<String, ArgumentCodec> codecs,
            Observation observation,
            RetryDecision retries,
            JobRunner.Times times,
            Endings endings) {
        this.catalogue = catalogue;
        this.codecs = Map.copyOf(codecs);
        this.observation = observation;
        this.retries = retries;
        this.times = times;
        this.endings = endings;
    }

    /** A job that can be run, and the attempt at it. */
    record Job(JobDefinition definition, ArgumentCodec codec, Attempt attempt) {

        /** What settles it, with all that follows. */
        Settlement settlement(Outcome decided) {
            Lease lease = attempt.lease();
            Envelope envelope = attempt.envelope();
            List<Effect> effects = attempt.watch().hasDied()
                    ? Consequences.ofDeath(envelope)
                    : WorkflowSteps.after(
                            lease,
                            envelope,
                            decided instanceof Outcome.Done,
                            Consequences.of(lease, envelope, decided, codec, attempt.returned()));
            return new Settlement(lease, decided, effects);
        }
    }

    /** What to run; null if it cannot be run here, and is {@link #passedOn}. */
    @Nullable Job read(Lease lease, LeaseWatch watch) {
        Envelope envelope;
        try {
            envelope = envelopes.decode(lease.job().envelope());
        } catch (UndecodableEnvelopeException bad) {
            return null;
        }
        ArgumentCodec codec = codecs.get(envelope.encoding());
        JobDefinition job = catalogue.find(envelope.handler()).orElse(null);
        return codec == null || job == null
                ? null
                : new Job(job, codec, new Attempt(lease, envelope, job.name(), retries.max(envelope), watch));
    }

    /** What becomes of a job that cannot be run here. */
    Settlement passedOn(Lease lease, LeaseWatch watch) {
        Envelope envelope;
        try {
            envelope = envelopes.decode(lease.job().envelope());
        } catch (UndecodableEnvelopeException bad) {
            Outcome over = endings.unbegun(lease, null, watch);
            Outcome outcome = over != null ? over : undecodable(lease, bad);
            observation.notRun(lease, null, outcome);
            return Settlement.of(lease, outcome);
        }
        Outcome over = endings.unbegun(lease, envelope, watch);
        String need = Needs.all(Needs.encoding(envelope.encoding()), Needs.handler(envelope.handler()));
        Outcome outcome = over != null ? over : unknown(lease, need);
        observation.notRun(lease, envelope, outcome);
        return new Settlement(lease, outcome, Consequences.of(lease, envelope, outcome, null, null));
    }

    private Outcome undecodable(Lease lease, UndecodableEnvelopeException bad) {
        if (bad.reason() == UndecodableEnvelopeException.Reason.NEWER_VERSION) {
            return unknown(lease, Needs.version(bad.version()));
        }
        LOG.log(
                ERROR,
                () -> "GOOSE-4102: job " + lease.job().id() + " on queue '"
                        + lease.job().queue()
                        + "' is set aside with its bytes unchanged: " + bad.getMessage()
                        + "; look at it with QueueAdmin.list(queue, PARKED, …), mend its producer, and replay or delete it");
        return new Outcome.Parked(String.valueOf(bad.getMessage()), null);
    }

    /** A job that others may know: offered to them, without an attempt, for as long as patience lasts. */
    private Outcome unknown(Lease lease, String need) {
        Duration age = lease.unknownFor(); // by the broker's clock: a worker's may be hours off
        if (age.compareTo(times.unknownPatience()) >= 0) {
            LOG.log(
                    ERROR,
                    () -> "GOOSE-4103: job " + lease.job().id() + " on queue '"
                            + lease.job().queue() + "' has found no worker that knows " + need + " for " + age
                            + " (goose.unknown.patience=" + times.unknownPatience()
                            + ") and is parked, unless one is there at this moment; it comes back by itself when a worker"
                            + " that knows it starts");
            return new Outcome.Parked("no worker knows " + need, need);
        }
        Duration delay = age.compareTo(UNKNOWN_FIRST) < 0 ? UNKNOWN_FIRST : age; // as old as it is: 1, 2, 4 … 30 s
        return new Outcome.Release(delay.compareTo(UNKNOWN_LONGEST) > 0 ? UNKNOWN_LONGEST : delay, need);
    }
}
