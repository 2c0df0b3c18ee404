package io.goose.jca;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.broker.jca.Deliveries;
import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.LeaseWatch;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.MessageListener;
import jakarta.resource.cci.Record;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs by delivering them to a message-driven bean. How a job ended is what the bean answered, and nothing else: what the
 * container throws afterwards changes nothing, and where there is no answer the job was not run. Thread-safe.
 */
final class Endpoint implements LeaseRunner {

    private static final System.Logger LOG = System.getLogger(Endpoint.class.getName());

    private static final Method ON_MESSAGE = onMessage();

    /** How the answer of an application begins that does not run jobs, or not yet, or not any more. */
    private static final List<String> RUNS_NONE = List.of("GOOSE-2370", "GOOSE-2371");

    private final MessageEndpointFactory factory;
    private final String name;
    private final Doorway doorway;
    private final boolean transacted;

    /**
     * @throws ResourceException if the container does not say whether its deliveries are in transactions
     */
    Endpoint(MessageEndpointFactory factory, LongSupplier nanos) throws ResourceException {
        this.factory = factory;
        this.name = "message-driven bean " + name(factory);
        this.doorway = new Doorway(name, this::abilities, nanos);
        try {
            this.transacted = factory.isDeliveryTransacted(ON_MESSAGE);
        } catch (NoSuchMethodException absent) {
            throw new ResourceException("the container does not know the methods of " + name, absent);
        }
    }

    /** Some servers name an activation without its bean. */
    private static String name(MessageEndpointFactory factory) {
        String activation = factory.getActivationName();
        Class<?> bean = factory.getEndpointClass();
        return bean == null || activation.contains(bean.getSimpleName()) ? activation : bean.getName();
    }

    private static Method onMessage() {
        try {
            return MessageListener.class.getMethod("onMessage", Record.class);
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("jakarta.resource.cci.MessageListener is another", impossible);
        }
    }

    /** What it is, for people. */
    String name() {
        return name;
    }

    Doorway doorway() {
        return doorway;
    }

    /** Whether the container begins a transaction around each delivery. */
    boolean isTransacted() {
        return transacted;
    }

    /** Why nothing can be delivered to a bean that says this; empty if it can. */
    Optional<String> refusal(Deliveries.Abilities abilities) {
        if (transacted == abilities.transacted()) {
            return Optional.empty();
        }
        return Optional.of(
                transacted
                        ? "GOOSE-3195: " + name + " has its deliveries in transactions, of which its base class, or the"
                                + " application's version of Goose, knows nothing: let it extend"
                                + " io.goose.mdb.TransactionalJobsBean of this adapter's version, or extend"
                                + " io.goose.mdb.JobsBean and let no descriptor give onMessage another transaction attribute"
                                + " than NotSupported"
                        : "GOOSE-3195: " + name
                                + " extends io.goose.mdb.TransactionalJobsBean, but the container begins no"
                                + " transaction around its deliveries; let no descriptor give onMessage another transaction"
                                + " attribute than Required");
    }

    /**
     * Asks what its application can run.
     *
     * @throws ResourceException if the container refuses the delivery
     * @throws RuntimeException what the application says instead of an answer
     */
    Deliveries.Abilities abilities() throws ResourceException {
        AtomicReference<@Nullable Map<?, ?>> answer = new AtomicReference<>();
        Throwable trouble = deliver(Deliveries.question(answer::set), null);
        Map<?, ?> answered = answer.get();
        if (answered == null) {
            throw new UnavailableException("no answer: " + trouble, trouble);
        }
        return Deliveries.abilities(answered);
    }

    @Override
    public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
        AtomicReference<@Nullable Map<?, ?>> answer = new AtomicReference<>();
        Throwable trouble = deliver(
                Deliveries.job(lease, (question, argument) -> answer(watch, question, argument), answer::set), null);
        Map<?, ?> answered = answer.get();
        if (answered == null) {
            return Optional.of(refused(lease, trouble));
        }
        Optional<Settlement> end;
        try {
            end = Deliveries.settlement(answered, lease);
        } catch (RuntimeException failed) {
            return Optional.of(unrun(lease, failed, trouble));
        }
        if (trouble != null) {
            failedAfterwards(name, lease, trouble);
        }
        doorway.delivered();
        return end;
    }

    static void failedAfterwards(String name, Lease lease, Throwable trouble) {
        LOG.log(
                WARNING,
                () -> "GOOSE-4192: the container failed after job "
                        + lease.job().id() + " was run by " + name + "; its outcome is unchanged",
                trouble);
    }

    /** What becomes of a job that the container did not let the bean begin. */
    Settlement refused(Lease lease, @Nullable Throwable trouble) {
        Duration pause = doorway.refused(trouble);
        LOG.log(DEBUG, () -> "job " + lease.job().id() + " goes back; asked again in " + pause, trouble);
        return Settlement.of(lease, Outcome.Release.NOW); // others may have it at once
    }

    /**
     * What becomes of a job that the application answered with a failure. One that it did not begin, for it runs none now, goes
     * back; else the failure is thrown, for the worker to log it, to give the job back and to let it wait longer each time. The
     * door stays open: what one job does to the bookkeeping around it is no reason to run no other.
     */
    Settlement unrun(Lease lease, RuntimeException failed, @Nullable Throwable trouble) {
        if (RUNS_NONE.stream().anyMatch(String.valueOf(failed.getMessage())::startsWith)) {
            return Settlement.of(lease, new Outcome.Release(doorway.refused(failed), null));
        }
        if (trouble != null) { // it has the cause, of which the answer has no more than the name
            failed.addSuppressed(trouble);
        }
        throw failed;
    }

    /**
     * Calls the bean.
     *
     * @param resource takes part in the transaction of the delivery; null for none
     * @return what the container threw, before the bean or after it
     */
    @Nullable Throwable deliver(Record record, @Nullable XAResource resource) {
        try {
            MessageEndpoint endpoint = factory.createEndpoint(resource);
            try {
                endpoint.beforeDelivery(ON_MESSAGE);
                try {
                    ((MessageListener) endpoint).onMessage(record);
                } finally {
                    endpoint.afterDelivery();
                }
            } finally {
                endpoint.release();
            }
            return null;
        } catch (Throwable thrown) { // also an Error: the job may have been run by then
            return thrown;
        }
    }

    static @Nullable Object answer(LeaseWatch watch, String question, @Nullable Object argument) {
        return switch (question) {
            case "isLost" -> watch.isLost();
            case "isInterrupted" -> watch.isInterrupted();
            case "isStopping" -> watch.isStopping();
            case "isCancelled" -> watch.isCancelled();
            case "hasDied" -> watch.hasDied();
            case "isOverdue" -> watch.isOverdue();
            case "died" -> {
                watch.died();
                yield null;
            }
            case "bodyBegins" -> {
                watch.bodyBegins((Duration) argument);
                yield null;
            }
            case "bodyEnded" -> {
                watch.bodyEnded();
                yield null;
            }
            default -> null; // a newer application's
        };
    }

    @Override
    public Set<String> unbufferedQueues() {
        return Set.of(); // none of an adapter's brokers completes jobs in their transactions
    }
}
