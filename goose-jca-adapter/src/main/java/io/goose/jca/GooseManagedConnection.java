package io.goose.jca;

import io.goose.GooseException;
import io.goose.broker.jca.Served;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * One client of the broker, with sockets of its own that it opens when they are needed and opens anew after an outage. The
 * container is told to throw away one in whose use the broker was away, unless a worker has a session by it, which would end
 * with it. Thread-safe.
 */
final class GooseManagedConnection implements ManagedConnection {

    private static final System.Logger LOG = System.getLogger(GooseManagedConnection.class.getName());

    private final Served served;
    private final String login;
    private final @Nullable LocalJobs transaction;
    private final @Nullable XaJobs branches;
    private final AtomicBoolean isThrownAway = new AtomicBoolean();
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<GooseConnection> handles = ConcurrentHashMap.newKeySet();
    private volatile @Nullable PrintWriter log;

    /**
     * @param login who is logged in; empty for whoever the factory's properties say
     * @param transaction of its jobs; null if it takes part in none
     */
    GooseManagedConnection(Served served, String login, @Nullable LocalJobs transaction) {
        this(served, login, transaction, null);
    }

    /**
     * @param branches of its jobs; null if it takes part in no distributed transaction
     */
    GooseManagedConnection(Served served, String login, @Nullable LocalJobs transaction, @Nullable XaJobs branches) {
        this.served = served;
        this.login = login;
        this.transaction = transaction;
        this.branches = branches;
    }

    String login() {
        return login;
    }

    Served served() {
        return served;
    }

    boolean isUsable() {
        try {
            served.check();
            return true;
        } catch (GooseException away) {
            LOG.log(System.Logger.Level.DEBUG, "{0} cannot be used now: {1}", served.describe(), away.getMessage());
            return false;
        }
    }

    /** Tells the container to throw this away if the broker was away, and nobody leases jobs by it. */
    void called() {
        if (served.hasLostBroker() && !served.hasSessions() && isThrownAway.compareAndSet(false, true)) {
            LOG.log(System.Logger.Level.DEBUG, "a connection to {0} is thrown away", served.describe());
            ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_ERROR_OCCURRED);
            listeners.forEach(listener -> listener.connectionErrorOccurred(event));
        }
    }

    @Override
    public Object getConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo request) {
        GooseConnection handle = new GooseConnection(this);
        handles.add(handle);
        return handle;
    }

    /** A handle was closed by the application. */
    void closed(GooseConnection handle) {
        if (handles.remove(handle)) {
            ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
            event.setConnectionHandle(handle);
            listeners.forEach(listener -> listener.connectionClosed(event));
        }
    }

    @Override
    public void associateConnection(Object connection) throws ResourceException {
        if (!(connection instanceof GooseConnection handle)) {
            throw new ResourceException(connection + " is no connection of goose-jca-adapter");
        }
        handle.moveTo(this);
        handles.add(handle);
    }

    void leave(GooseConnection handle) {
        handles.remove(handle);
    }

    /** Back to the pool: what the application has of it is of no use any more. */
    @Override
    public void cleanup() {
        invalidate();
        forgetTransaction();
        served.release();
    }

    private void forgetTransaction() {
        if (transaction != null) {
            transaction.forget();
        }
        if (branches != null) {
            branches.forget();
        }
    }

    private void invalidate() {
        handles.forEach(GooseConnection::invalidate);
        handles.clear();
    }

    @Override
    public void destroy() {
        invalidate();
        forgetTransaction();
        served.close();
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public XAResource getXAResource() throws ResourceException {
        if (branches == null) {
            throw new NotSupportedException(
                    "this connection factory of goose-jca-adapter takes no part in distributed transactions; set transactions=xa");
        }
        return branches;
    }

    @Override
    public LocalTransaction getLocalTransaction() throws ResourceException {
        if (transaction == null) {
            throw new NotSupportedException(
                    "this connection factory of goose-jca-adapter takes no part in transactions (transactions=none)");
        }
        return transaction;
    }

    @Override
    public ManagedConnectionMetaData getMetaData() {
        return new ConnectionMetaData(served.describe(), login);
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) {
        log = writer;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return log;
    }
}
