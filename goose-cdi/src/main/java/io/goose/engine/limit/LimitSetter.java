package io.goose.engine.limit;

import static java.lang.System.Logger.Level.INFO;

import io.goose.engine.handler.DeclaredLimit;
import io.goose.engine.worker.SideLoop;
import io.goose.spi.LimitLedger;
import io.goose.spi.LimitLedger.Kept;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sets what is declared when a worker starts, again while the broker is away, and only what was declared otherwise before. */
public final class LimitSetter implements SideLoop {

    private static final System.Logger LOG = System.getLogger(LimitSetter.class.getPackageName());
    private static final long LONG_HOURS = 1;

    private final Supplier<LimitLedger> ledger;
    private final List<DeclaredLimit> declared;
    private final Semaphore woken = new Semaphore(0);
    private int done; // by the loop's thread only

    public LimitSetter(Supplier<LimitLedger> ledger, List<DeclaredLimit> declared) {
        this.ledger = ledger;
        this.declared = List.copyOf(declared);
    }

    @Override
    public String name() {
        return "limits";
    }

    @Override
    public void round() throws InterruptedException {
        for (; done < declared.size(); done++) {
            set(declared.get(done));
        }
        if (woken.tryAcquire(LONG_HOURS, TimeUnit.HOURS)) {
            woken.drainPermits();
        }
    }

    private void set(DeclaredLimit one) {
        String text = Kept.text(one.limit());
        @Nullable Kept there = ledger.get().limits(one.queue()).get(one.scope());
        if (there == null || !text.equals(there.declared())) {
            ledger.get().put(one.queue(), one.scope(), new Kept(one.limit(), text));
            LOG.log(
                    INFO,
                    "GOOSE-2290: the limit for {0} of queue ''{1}'' is now {2}, as {3} says; it was {4}",
                    one.scope(),
                    one.queue(),
                    text,
                    one.where(),
                    there == null ? "none" : Kept.text(there.limit()));
        }
    }

    @Override
    public void wake() {
        woken.release();
    }
}
