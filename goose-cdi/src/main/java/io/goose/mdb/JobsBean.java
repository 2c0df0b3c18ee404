package io.goose.mdb;

import io.goose.broker.jca.Deliveries;
import io.goose.cdi.DeliveredJobs;
import io.goose.engine.Inbound;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.resource.cci.MessageListener;
import jakarta.resource.cci.Record;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an application's message-driven bean for {@code goose-jca-adapter} extends; it runs the jobs of its application that the
 * adapter's worker brings, with the application's middlewares, retries and failure handlers, as the application's own workers
 * do:
 *
 * <pre>{@code
 * @MessageDriven(messageListenerInterface = MessageListener.class)
 * public class ShopJobs extends JobsBean {}
 * }</pre>
 *
 * <p>Deliveries have no transaction: each job begins its own, as with the application's workers. A bean whose
 * descriptor says otherwise gets no jobs; {@link TransactionalJobsBean} is for that.
 *
 * @since 0.1
 */
public abstract class JobsBean implements MessageListener {

    /** No broker of an adapter completes jobs in their transactions, so nobody asks a session for anything. */
    private static final Session NO_SESSION = (Session) Proxy.newProxyInstance(
            JobsBean.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, given) -> {
                throw new UnsupportedOperationException(method + " of a session that the resource adapter has");
            });

    /** For the container. */
    protected JobsBean() {}

    /**
     * The name that the application has for the broker whose jobs these are, to which what follows from them is sent; null,
     * which is the default, for the default broker. Called for each delivery.
     */
    protected @Nullable String broker() {
        return null;
    }

    /**
     * Runs the job that is in {@code input}, and answers through it.
     *
     * @return nothing, and nobody looks at it
     */
    @Override
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public @Nullable Record onMessage(Record input) {
        if (!(input instanceof Map<?, ?> record)) {
            throw new IllegalArgumentException("GOOSE-3192: a message-driven bean of Goose was called with "
                    + input.getClass().getName() + ", which is not goose-jca-adapter's; bind it to that adapter");
        }
        Deliveries.answer(record, application(broker()));
        return null;
    }

    /** The application on whose thread it is called. */
    Deliveries.Application application(@Nullable String ofBroker) {
        return new OfApplication(ofBroker);
    }

    /** What the application runs by this broker, in transactions of deliveries or without. */
    static Deliveries.Abilities abilities(@Nullable String ofBroker, boolean transacted) {
        Inbound inbound = DeliveredJobs.inbound(ofBroker);
        return new Deliveries.Abilities(
                inbound.announced(),
                inbound.limits().cancelGrace(),
                inbound.limits().stuckAfter(),
                transacted);
    }

    private record OfApplication(@Nullable String broker) implements Deliveries.Application {

        @Override
        public Deliveries.Abilities abilities() {
            return JobsBean.abilities(broker, false);
        }

        @Override
        public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            return DeliveredJobs.inbound(broker).runner().run(lease, new DistantWatch(watch), NO_SESSION);
        }
    }
}
