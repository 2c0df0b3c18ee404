package io.goose.jca;

import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionMetaData;
import jakarta.resource.cci.Interaction;
import jakarta.resource.cci.LocalTransaction;
import jakarta.resource.cci.ResultSetInfo;
import org.jspecify.annotations.Nullable;

/** What an application has of a pooled connection, from when it takes it to when it closes it. Thread-safe. */
public final class GooseConnection implements Connection {

    private volatile @Nullable GooseManagedConnection managed;

    GooseConnection(GooseManagedConnection managed) {
        this.managed = managed;
    }

    GooseManagedConnection managed() throws ResourceException {
        GooseManagedConnection present = managed;
        if (present == null) {
            throw new jakarta.resource.spi.IllegalStateException(
                    "this connection of goose-jca-adapter was closed, or its adapter was stopped");
        }
        return present;
    }

    void moveTo(GooseManagedConnection other) {
        GooseManagedConnection before = managed;
        if (before != null) {
            before.leave(this);
        }
        managed = other;
    }

    void invalidate() {
        managed = null;
    }

    @Override
    public Interaction createInteraction() throws ResourceException {
        managed().served(); // refuses at once what is closed
        return new GooseInteraction(this);
    }

    @Override
    public LocalTransaction getLocalTransaction() throws ResourceException {
        throw new NotSupportedException("goose-jca-adapter takes no part in transactions");
    }

    @Override
    public ConnectionMetaData getMetaData() throws ResourceException {
        return (ConnectionMetaData) managed().getMetaData();
    }

    @Override
    public ResultSetInfo getResultSetInfo() throws ResourceException {
        throw new NotSupportedException("goose-jca-adapter has no result sets");
    }

    /** Gives it back to the pool. Closing it again does nothing. */
    @Override
    public void close() {
        GooseManagedConnection present = managed;
        managed = null;
        if (present != null) {
            present.closed(this);
        }
    }
}
