package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.job.QueuedJob;
import io.goose.spi.Effect;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.KeptResult;
import io.goose.spi.GuardedLedger.Released;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** What the ledger keeps of jobs that are over, and what it need not keep any longer. Stateless. */
final class Aftermath {

    private static final System.Logger LOG = System.getLogger(Aftermath.class.getName());

    private final GuardedLedger ledger;

    Aftermath(GuardedLedger ledger) {
        this.ledger = ledger;
    }

    /** What is kept of the end of a job whose lease is still held. */
    void noteResult(Settlement settlement, List<KeptResult> into) {
        QueuedJob job = settlement.lease().job();
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.PutResult put && ledger.keepsResults()) {
                into.add(new KeptResult(job.queue(), job.id(), put.result(), put.keep()));
            }
        }
    }

    /** Has it forget unique keys whose jobs are over; they are free since it has taken the end of the run. */
    void release(List<Settlement> settlements, List<Verdict> verdicts) {
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
