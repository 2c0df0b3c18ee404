package io.goose.engine.worker;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.spi.Sweep;

/** Says what a sweep has put in order. Stateless. */
final class Sweeps {

    private static final System.Logger LOG = System.getLogger(Worker.class.getName());

    private Sweeps() {}

    static void report(String broker, Sweep sweep) {
        if (sweep.isNothing()) {
            return;
        }
        LOG.log(
                sweep.buried().isEmpty() ? WARNING : ERROR,
                "GOOSE-4006: put in order on broker ''{0}'': {1} jobs of dead workers returned, {2} that were perhaps running"
                        + " made suspects, {3} buried because they were running alone when their worker died again: {4};"
                        + " {5} jobs rerouted, {6} effects delivered",
                broker,
                sweep.rescued().size(),
                sweep.suspects().size(),
                sweep.buried().size(),
                sweep.buried(),
                sweep.rerouted(),
                sweep.effects());
    }
}
