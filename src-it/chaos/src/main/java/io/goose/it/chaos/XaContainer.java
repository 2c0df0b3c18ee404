package io.goose.it.chaos;

import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import io.goose.spi.SurroundingTransaction;
import io.goose.transaction.JtaTransaction;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.spi.InitialContextFactory;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * What a server does for a resource adapter: loads it by a class loader of its own, binds its connection factory, and lets its connections take
 * part in transactions, one for each. Thread-safe.
 */
public final class XaContainer implements ConnectionManager, InitialContextFactory {

    static final String JNDI = "eis/goose";

    private static final long serialVersionUID = 1;
    private static final String FACTORY = "io.goose.jca.GooseManagedConnectionFactory";

    private static volatile @Nullable Object bound;

    private final transient TransactionManager transactions;
    private final transient UnaryOperator<XAResource> wrapper;
    private final transient Map<Transaction, ManagedConnection> enlisted = new ConcurrentHashMap<>();

    /** As a naming service. */
    public XaContainer() {
        this(com.arjuna.ats.jta.TransactionManager.transactionManager(), resource -> resource);
    }

    /**
     * @param wrapper around the resources that take part in transactions
     */
    XaContainer(TransactionManager transactions, UnaryOperator<XAResource> wrapper) {
        this.transactions = transactions;
        this.wrapper = wrapper;
    }

    /** The adapter's connection factory for a server. */
    static ManagedConnectionFactory adapter(ClassLoader archive, Map<String, String> properties) throws Exception {
        Object factory = archive.loadClass(FACTORY).getDeclaredConstructor().newInstance();
        for (Map.Entry<String, String> property : properties.entrySet()) {
            factory.getClass()
                    .getMethod("set" + property.getKey(), String.class)
                    .invoke(factory, property.getValue());
        }
        return (ManagedConnectionFactory) factory;
    }

    /** What loads the adapter, apart from what is here. */
    static ClassLoader loader(String classPath) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            urls.add(url(entry));
        }
        return new URLClassLoader(urls.toArray(URL[]::new), XaContainer.class.getClassLoader());
    }

    private static URL url(String entry) throws MalformedURLException {
        return new File(entry).toURI().toURL();
    }

    void bind(ManagedConnectionFactory factory) throws ResourceException {
        bound = factory.createConnectionFactory(this);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // the interface wants it
    public Context getInitialContext(Hashtable<?, ?> environment) {
        return (Context) java.lang.reflect.Proxy.newProxyInstance(
                XaContainer.class.getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, given) -> {
                    if (method.getName().equals("lookup") && JNDI.equals(given[0])) {
                        return bound;
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
    }

    /** Has naming done by this in a process of its own. */
    static void install() {
        System.setProperty(InitialContext.INITIAL_CONTEXT_FACTORY, XaContainer.class.getName());
    }

    /** The transactions, as Goose sees them. */
    static SurroundingTransaction surrounding() {
        return JtaTransaction.of(
                new TransactionSynchronizationRegistryImple(), com.arjuna.ats.jta.UserTransaction.userTransaction());
    }

    @Override
    public Object allocateConnection(ManagedConnectionFactory factory, @Nullable ConnectionRequestInfo request)
            throws ResourceException {
        try {
            Transaction transaction = transactions.getTransaction();
            ManagedConnection connection = transaction == null ? single(factory) : enlisted.get(transaction);
            if (connection == null) {
                connection = enlist(factory, transaction);
            }
            return connection.getConnection(null, request);
        } catch (SystemException | RollbackException refused) {
            throw new ResourceException(refused);
        }
    }

    private ManagedConnection enlist(ManagedConnectionFactory factory, Transaction transaction)
            throws ResourceException, SystemException, RollbackException {
        ManagedConnection connection = factory.createManagedConnection(null, null);
        transaction.enlistResource(wrapper.apply(connection.getXAResource()));
        enlisted.put(transaction, connection);
        transaction.registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                // the resource is told by the transaction manager
            }

            @Override
            public void afterCompletion(int status) {
                enlisted.remove(transaction);
                destroy(connection);
            }
        });
        return connection;
    }

    private static ManagedConnection single(ManagedConnectionFactory factory) throws ResourceException {
        ManagedConnection connection = factory.createManagedConnection(null, null);
        connection.addConnectionEventListener(new ConnectionEventListener() {
            @Override
            public void connectionClosed(ConnectionEvent event) {
                destroy(connection);
            }

            @Override
            public void connectionErrorOccurred(ConnectionEvent event) {
                // it ends when it is closed
            }

            @Override
            public void localTransactionStarted(ConnectionEvent event) {
                // none is
            }

            @Override
            public void localTransactionCommitted(ConnectionEvent event) {
                // none is
            }

            @Override
            public void localTransactionRolledback(ConnectionEvent event) {
                // none is
            }
        });
        return connection;
    }

    private static void destroy(ManagedConnection connection) {
        try {
            connection.destroy();
        } catch (ResourceException unclean) {
            throw new IllegalStateException(unclean);
        }
    }
}
