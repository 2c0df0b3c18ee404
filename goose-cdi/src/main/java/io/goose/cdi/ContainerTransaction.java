package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.SurroundingTransaction;
import io.goose.transaction.JtaTransaction;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.util.List;
import java.util.Optional;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * The server's transactions, looked up once when the engine starts. What enqueues before that looks for them each time, until
 * they are found: it may be on a thread without the application's naming context. Thread-safe.
 */
final class ContainerTransaction implements SurroundingTransaction {

    // The second name is WildFly's own, for threads without a component's names, as when an EAR starts.
    private static final List<String> REGISTRY =
            List.of("java:comp/TransactionSynchronizationRegistry", "java:jboss/TransactionSynchronizationRegistry");
    private static final List<String> DEMARCATION = List.of("java:comp/UserTransaction", "java:jboss/UserTransaction");

    private static final System.Logger LOG = System.getLogger(ContainerTransaction.class.getName());

    private volatile @Nullable SurroundingTransaction found;

    /** Takes those that the calling thread sees, or none. */
    void capture() {
        if (found == null) {
            found = lookUp();
        }
    }

    private SurroundingTransaction present() {
        SurroundingTransaction present = found;
        if (present != null) {
            return present;
        }
        SurroundingTransaction now = lookUp();
        if (now.isPresent()) {
            found = now;
        }
        return now;
    }

    private static SurroundingTransaction lookUp() {
        try {
            return Jta.lookUp();
        } catch (LinkageError absent) { // a server whose transactions are not enabled has not their interfaces either
            return SurroundingTransaction.NONE;
        }
    }

    /** Apart, because the interfaces need not be there. */
    private static final class Jta {
        static SurroundingTransaction lookUp() {
            UserTransaction demarcation =
                    find(DEMARCATION, UserTransaction.class).orElse(null);
            return find(REGISTRY, TransactionSynchronizationRegistry.class)
                    .<SurroundingTransaction>map(registry -> JtaTransaction.of(registry, demarcation))
                    .orElse(SurroundingTransaction.NONE);
        }

        private static <T> Optional<T> find(List<String> names, Class<T> type) {
            for (String name : names) {
                try {
                    Object bound = Names.lookup(name);
                    if (type.isInstance(bound)) {
                        return Optional.of(type.cast(bound));
                    }
                } catch (NamingException notThere) {
                    LOG.log(DEBUG, "{0} is not bound here: {1}", name, notThere);
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public boolean isPresent() {
        return present().isPresent();
    }

    @Override
    public State state() {
        return present().state();
    }

    @Override
    public void setRollbackOnly() {
        present().setRollbackOnly();
    }

    @Override
    public @Nullable Object resource(Object key) {
        return present().resource(key);
    }

    @Override
    public void putResource(Object key, Object value) {
        present().putResource(key, value);
    }

    @Override
    public void onEnd(Completion completion) {
        present().onEnd(completion);
    }

    @Override
    public Optional<Demarcation> demarcation() {
        return present().demarcation();
    }
}
