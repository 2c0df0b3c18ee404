package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.SurroundingTransaction;
import io.goose.transaction.JtaTransaction;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * The server's transactions, looked up when the engine starts. What enqueues before that looks for them each time, until they
 * are found: it may be on a thread without the application's naming context. Where the engine found none when it started, they
 * are looked for from time to time. Thread-safe.
 */
final class ContainerTransaction implements SurroundingTransaction {

    // The second name is WildFly's own, for threads without a component's names, as when an EAR starts.
    private static final List<String> REGISTRY =
            List.of("java:comp/TransactionSynchronizationRegistry", "java:jboss/TransactionSynchronizationRegistry");
    private static final List<String> DEMARCATION = List.of("java:comp/UserTransaction", "java:jboss/UserTransaction");

    private static final System.Logger LOG = System.getLogger(ContainerTransaction.class.getName());

    /** How long they are not looked for after the start found none: a look costs more than the rest of an enqueue may. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final Apart apart = new Apart();
    private volatile @Nullable SurroundingTransaction found;
    private volatile @Nullable Long lookAgainNanos; // null before the start

    ContainerTransaction() {
        this(System::nanoTime);
    }

    /** With a time of the test's own. */
    ContainerTransaction(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Takes what the calling thread sees. */
    void capture() {
        if (found == null) {
            look();
            lookAgainNanos = nanoTime.getAsLong() + AGAIN.toNanos();
        }
    }

    private SurroundingTransaction present() {
        SurroundingTransaction present = found;
        if (present != null) {
            return present;
        }
        Long again = lookAgainNanos;
        if (again == null) {
            return look();
        }
        if (nanoTime.getAsLong() - again < 0) {
            return NONE;
        }
        lookAgainNanos = nanoTime.getAsLong() + AGAIN.toNanos();
        return look();
    }

    private SurroundingTransaction look() {
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

    @Override
    public <T> T apart(Supplier<T> work) {
        return apart.call(work);
    }
}
