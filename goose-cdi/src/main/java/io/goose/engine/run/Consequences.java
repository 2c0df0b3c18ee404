package io.goose.engine.run;

import io.goose.job.Envelope;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.spi.Effect;
import io.goose.spi.Outcome;
import java.util.List;

/** What happens in the same step as an outcome. Stateless. */
final class Consequences {

    private Consequences() {}

    static List<Effect> of(Envelope envelope, Outcome outcome) {
        Envelope.Unique unique = envelope.unique().orElse(null);
        boolean over = outcome instanceof Outcome.Done
                || outcome instanceof Outcome.Cancelled
                || outcome instanceof Outcome.Expired;
        // One that is dead does not hold its key anyway, and has it again if it is replayed before somebody else has.
        return unique == null || unique.scope() == Scope.UNTIL || !over
                ? List.of()
                : List.of(new Effect.ReleaseUnique(envelope.queue(), unique.key()));
    }
}
