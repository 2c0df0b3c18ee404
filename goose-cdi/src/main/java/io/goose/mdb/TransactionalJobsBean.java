package io.goose.mdb;

import io.goose.broker.jca.Deliveries;
import io.goose.cdi.DeliveredJobs;
import io.goose.engine.run.TransactedRun;
import io.goose.spi.Lease;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.resource.cci.Record;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an application's message-driven bean extends whose jobs are run in transactions of the container, each of which ends its job too: if it commits,
 * the job is done; if it is rolled back, the job has failed, and is retried by its own rules. For brokers that keep branches of distributed
 * transactions, which Redis does.
 *
 * <pre>{@code
 * @MessageDriven(messageListenerInterface = MessageListener.class)
 * public class ShopJobs extends TransactionalJobsBean {}
 * }</pre>
 *
 * <p>The body of a job and its middlewares are in the transaction. Failure handlers and events are not: they come when it has ended.
 *
 * @since 0.1
 */
public abstract class TransactionalJobsBean extends JobsBean {

    /** For the container. */
    protected TransactionalJobsBean() {}

    @Override
    @TransactionAttribute(TransactionAttributeType.REQUIRED)
    public @Nullable Record onMessage(Record input) {
        return super.onMessage(input);
    }

    @Override
    Deliveries.Application application(@Nullable String ofBroker) {
        return new InTransactions(ofBroker);
    }

    private record InTransactions(@Nullable String broker) implements Deliveries.Application {

        @Override
        public Deliveries.Abilities abilities() {
            return JobsBean.abilities(broker, true);
        }

        @Override
        public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            throw new IllegalStateException("GOOSE-3220: job " + lease.job().id()
                    + " was delivered without a transaction to a TransactionalJobsBean, which runs none so; let no descriptor"
                    + " give onMessage another transaction attribute than Required, and deploy an adapter that is not older than"
                    + " the application's Goose");
        }

        @Override
        public Deliveries.Begun begin(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            return new Run(DeliveredJobs.inbound(broker).transacted().begin(lease, new DistantWatch(watch)));
        }
    }

    private record Run(TransactedRun run) implements Deliveries.Begun {

        @Override
        public Optional<Settlement> ifCommitted() {
            return run.ifCommitted();
        }

        @Override
        public Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why) {
            return run.ended(how, why);
        }
    }
}
