package io.goose.it.chaos;

import io.goose.broker.jca.Deliveries;
import io.goose.engine.run.LeaseWatch;
import io.goose.engine.run.TransactedRun;
import io.goose.engine.run.TransactedRunner;
import io.goose.spi.Lease;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.MessageListener;
import jakarta.resource.cci.Record;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * What a server does for a message-driven bean whose deliveries are in transactions: begins one, lets the adapter's resource take part, calls the bean,
 * and ends it. Thread-safe.
 */
final class XaInbound implements MessageEndpointFactory {

    private final TransactionManager transactions;
    private final UnaryOperator<XAResource> wrapper;
    private final Deliveries.Application application;

    /**
     * @param wrapper around the resources of deliveries
     */
    XaInbound(
            TransactionManager transactions,
            UnaryOperator<XAResource> wrapper,
            TransactedRunner jobs,
            Set<String> handlers) {
        this.transactions = transactions;
        this.wrapper = wrapper;
        this.application = new Bean(jobs, handlers);
    }

    /** What a TransactionalJobsBean is. */
    private record Bean(TransactedRunner jobs, Set<String> handlers) implements Deliveries.Application {

        @Override
        public Deliveries.Abilities abilities() {
            return new Deliveries.Abilities(handlers, Duration.ZERO, Duration.ZERO, true);
        }

        @Override
        public Optional<Settlement> run(Lease lease, BiFunction<String, Object, Object> watch) {
            throw new IllegalStateException("a delivery without a transaction");
        }

        @Override
        public Deliveries.Begun begin(Lease lease, BiFunction<String, Object, Object> watch) {
            TransactedRun run = jobs.begin(lease, new Watch(watch));
            return new Deliveries.Begun() {
                @Override
                public Optional<Settlement> ifCommitted() {
                    return run.ifCommitted();
                }

                @Override
                public Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why) {
                    return run.ended(how, why);
                }
            };
        }
    }

    /** The little that these jobs ask. */
    private record Watch(BiFunction<String, Object, Object> questions) implements LeaseWatch {

        /** What the one question that has an argument is asked with; these jobs take no such time. */
        private static final Duration NO_LIMIT = Duration.ofHours(1);

        private boolean is(String question) {
            return Boolean.TRUE.equals(questions.apply(question, NO_LIMIT));
        }

        @Override
        public boolean isLost() {
            return is("isLost");
        }

        @Override
        public boolean isInterrupted() {
            return is("isInterrupted");
        }

        @Override
        public boolean isStopping() {
            return is("isStopping");
        }

        @Override
        public boolean isCancelled() {
            return is("isCancelled");
        }

        @Override
        public void died() {
            is("died");
        }

        @Override
        public boolean hasDied() {
            return is("hasDied");
        }

        @Override
        public boolean isOverdue() {
            return is("isOverdue");
        }

        @Override
        public void bodyBegins(@Nullable Duration limit) {
            is("bodyBegins"); // these have no limit
        }

        @Override
        public void bodyEnded() {
            is("bodyEnded");
        }
    }

    @Override
    public MessageEndpoint createEndpoint(@Nullable XAResource resource) {
        return new Endpoint(resource);
    }

    @Override
    public MessageEndpoint createEndpoint(@Nullable XAResource resource, long timeout) {
        return createEndpoint(resource);
    }

    @Override
    public boolean isDeliveryTransacted(Method method) {
        return true;
    }

    @Override
    public String getActivationName() {
        return "XaJobs";
    }

    @Override
    public Class<?> getEndpointClass() {
        return Endpoint.class;
    }

    /** One delivery. */
    private final class Endpoint implements MessageEndpoint, MessageListener {
        private final @Nullable XAResource resource;

        private Endpoint(@Nullable XAResource resource) {
            this.resource = resource;
        }

        @Override
        public void beforeDelivery(Method method) throws ResourceException {
            try {
                transactions.begin();
                if (resource != null) {
                    transactions.getTransaction().enlistResource(wrapper.apply(resource));
                }
            } catch (NotSupportedException | SystemException | RollbackException refused) {
                throw new ResourceException(refused);
            }
        }

        @Override
        public @Nullable Record onMessage(Record record) {
            Deliveries.answer((Map<?, ?>) record, application);
            return null;
        }

        @Override
        public void afterDelivery() throws ResourceException {
            try {
                if (transactions.getStatus() == Status.STATUS_ACTIVE) {
                    transactions.commit();
                } else {
                    transactions.rollback();
                }
            } catch (RollbackException another) { // as a container does: who wants to know has a resource there
                System.out.println("rolled back: " + another);
            } catch (HeuristicMixedException | HeuristicRollbackException | SystemException broken) {
                throw new ResourceException(broken);
            }
        }

        @Override
        public void release() {
            // it is used once
        }
    }
}
