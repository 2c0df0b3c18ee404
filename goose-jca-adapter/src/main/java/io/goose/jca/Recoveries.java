package io.goose.jca;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.spi.Broker;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.InvalidPropertyException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.transaction.xa.XAResource;

/** The resources for the recovery of deliveries, one for each broker: a transaction manager asks for them again and again. Thread-safe. */
final class Recoveries {

    private static final System.Logger LOG = System.getLogger(Recoveries.class.getName());

    private final Function<Settings, Broker> brokers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Settings, RecoveryResource> all = new LinkedHashMap<>(); // guarded by lock

    Recoveries() {
        this(Brokers::make);
    }

    /**
     * @param brokers makes brokers, which end with this
     */
    Recoveries(Function<Settings, Broker> brokers) {
        this.brokers = brokers;
    }

    /**
     * Those of activations; none of one that is not ours, or not set up as it must be.
     *
     * @param mayHave whether deliveries of an activation may have left something
     */
    XAResource[] of(ActivationSpec[] specs, Predicate<ActivationSpec> mayHave) {
        Map<Settings, XAResource> wanted = new LinkedHashMap<>();
        for (ActivationSpec spec : specs) {
            if (spec instanceof GooseActivationSpec ours && mayHave.test(spec)) {
                try {
                    Settings broker = ours.read().broker();
                    if (Brokers.keepBranches(broker)) {
                        wanted.computeIfAbsent(broker, this::resource);
                    }
                } catch (InvalidPropertyException wrong) { // said where it is activated
                    LOG.log(DEBUG, "nothing is recovered for an activation: {0}", wrong.getMessage());
                }
            }
        }
        return wanted.values().toArray(XAResource[]::new);
    }

    private RecoveryResource resource(Settings settings) {
        lock.lock();
        try {
            return all.computeIfAbsent(settings, one -> new RecoveryResource(one, brokers.apply(one)));
        } finally {
            lock.unlock();
        }
    }

    void close() {
        List<RecoveryResource> present;
        lock.lock();
        try {
            present = List.copyOf(all.values());
            all.clear();
        } finally {
            lock.unlock();
        }
        for (RecoveryResource resource : present) {
            try {
                resource.close();
            } catch (RuntimeException unclean) {
                LOG.log(
                        WARNING,
                        "GOOSE-4226: the broker by which branches are recovered was not closed cleanly",
                        unclean);
            }
        }
    }
}
