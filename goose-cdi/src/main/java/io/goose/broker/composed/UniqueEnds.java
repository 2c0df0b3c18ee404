package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.spi.Effect;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Released;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** Has the ledger forget unique keys whose jobs are over; they are free since it has taken the end of the run. Stateless. */
final class UniqueEnds {

    private static final System.Logger LOG = System.getLogger(UniqueEnds.class.getName());

    private UniqueEnds() {}

    static void release(GuardedLedger ledger, List<Settlement> settlements, List<Verdict> verdicts) {
        List<Released> released = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            for (Effect effect : settlements.get(i).effects()) {
                if (verdicts.get(i) == Verdict.APPLIED && effect instanceof Effect.ReleaseUnique release) {
                    released.add(new Released(
                            release.home(),
                            release.key(),
                            settlements.get(i).lease().job().id()));
                }
            }
        }
        if (released.isEmpty()) {
            return;
        }
        try {
            ledger.releaseUnique(released);
        } catch (GooseException away) { // it is forgotten with the others that nobody holds
            LOG.log(Level.DEBUG, "{0} unique keys are forgotten later: {1}", released.size(), away.getMessage());
        }
    }
}
