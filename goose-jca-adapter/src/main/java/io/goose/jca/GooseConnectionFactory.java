package io.goose.jca;

import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.cci.ConnectionSpec;
import jakarta.resource.cci.RecordFactory;
import jakarta.resource.cci.ResourceAdapterMetaData;
import jakarta.resource.spi.ConnectionManager;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;

/** What an application looks up. Thread-safe. */
public final class GooseConnectionFactory implements ConnectionFactory {

    private static final long serialVersionUID = 1;

    private final @Nullable GooseManagedConnectionFactory factory;
    private final @Nullable ConnectionManager manager;
    private @Nullable Reference reference; // set by the container before it is bound

    /** WildFly deploys no adapter whose connection factory has no such constructor; nobody calls it. */
    public GooseConnectionFactory() {
        this(null, null);
    }

    GooseConnectionFactory(@Nullable GooseManagedConnectionFactory factory, @Nullable ConnectionManager manager) {
        this.factory = factory;
        this.manager = manager;
    }

    @Override
    public Connection getConnection() throws ResourceException {
        if (factory == null || manager == null) {
            throw new ResourceException("a connection factory of goose-jca-adapter is made by the container");
        }
        return (Connection) manager.allocateConnection(factory, null);
    }

    @Override
    public Connection getConnection(@Nullable ConnectionSpec properties) throws ResourceException {
        return getConnection(); // what a connection is to be is said by the factory's properties
    }

    @Override
    public RecordFactory getRecordFactory() throws ResourceException {
        throw new NotSupportedException("goose-jca-adapter takes any MappedRecord; it makes none for callers");
    }

    @Override
    public ResourceAdapterMetaData getMetaData() {
        return new AdapterMetaData();
    }

    @Override
    public void setReference(Reference value) {
        reference = value;
    }

    @Override
    public @Nullable Reference getReference() {
        return reference;
    }
}
