package io.goose.engine.run;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.job.Envelope;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.JobResult.End;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens in the same step as an outcome. Stateless. */
final class Consequences {

    private static final System.Logger LOG = System.getLogger(Consequences.class.getName());

    /** As much as an envelope may have where nobody says otherwise: what is larger belongs into a store of its own. */
    private Consequences() {}

    /**
     * @param codec how the result is encoded; null if it is not known, for the job was not run
     * @param returned what the job's method returned; null also if it was not run
     */
    static List<Effect> of(
            Lease lease, Envelope envelope, Outcome outcome, @Nullable ArgumentCodec codec, @Nullable Object returned) {
        Envelope.Unique unique = envelope.unique().orElse(null);
        Envelope.Result result = envelope.result().orElse(null);
        End end = end(outcome);
        if (end == null || (unique == null && result == null)) {
            return List.of();
        }
        // One that is dead does not hold its key anyway, and has it again if it is replayed before somebody else has.
        List<Effect> effects = new ArrayList<>(released(envelope));
        if (result != null) {
            JsonArray value = end == End.SUCCEEDED && codec != null && returned != null
                    ? value(lease.job().id(), codec, returned)
                    : JsonValue.EMPTY_JSON_ARRAY;
            boolean lost = end == End.SUCCEEDED && returned != null && value.isEmpty();
            String encoding = codec == null ? envelope.encoding() : codec.name();
            JobResult kept = new JobResult(end, lease.job().state().attempt(), lost ? JobResult.LOST : encoding, value);
            effects.add(new Effect.PutResult(kept, result.keep()));
        }
        return effects;
    }

    /** Of a job that died, whatever its outcome says: one that leaves nothing behind did not succeed for that. */
    static List<Effect> ofDeath(Envelope envelope) {
        return released(envelope);
    }

    private static List<Effect> released(Envelope envelope) {
        return envelope.unique()
                .filter(unique -> unique.scope() != Scope.UNTIL)
                .map(unique -> List.<Effect>of(new Effect.ReleaseUnique(envelope.queue(), unique.key())))
                .orElse(List.of());
    }

    private static @Nullable End end(Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            return End.SUCCEEDED;
        } else if (outcome instanceof Outcome.Cancelled) {
            return End.CANCELLED;
        }
        return outcome instanceof Outcome.Expired ? End.EXPIRED : null;
    }

    /** The job is done whatever becomes of its result. */
    private static JsonArray value(JobId id, ArgumentCodec codec, Object returned) {
        try {
            JsonArray value = codec.encode(Collections.singletonList(returned), List.of());
            int size = value.toString().length();
            if (size <= JobResult.LARGEST) {
                return value;
            }
            LOG.log(
                    WARNING,
                    () -> "GOOSE-2282: the result of job " + id + " is not kept, for it has " + size
                            + " characters, more" + " than " + JobResult.LARGEST
                            + "; return the key of a stored document");
        } catch (RuntimeException unfit) {
            LOG.log(
                    WARNING,
                    () -> "GOOSE-2283: the result of job " + id + " is not kept, for a "
                            + returned.getClass().getName() + " cannot be encoded: " + unfit.getMessage());
        }
        return JsonValue.EMPTY_JSON_ARRAY;
    }
}
