package io.goose.jca;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.Connector;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.TransactionSupport.TransactionSupportLevel;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.io.Serializable;
import javax.transaction.xa.XAResource;

/** The adapter itself; what it connects to is said by its connection factories. Thread-safe. */
@Connector(
        displayName = "Goose",
        vendorName = "Goose",
        eisType = "job broker",
        transactionSupport = TransactionSupportLevel.NoTransaction)
public final class GooseResourceAdapter implements ResourceAdapter, Serializable {

    private static final long serialVersionUID = 1;

    /** For the container. */
    public GooseResourceAdapter() {}

    @Override
    public void start(BootstrapContext context) {
        // Each connection factory connects when it is asked for a connection.
    }

    @Override
    public void stop() {
        // The container has destroyed the connections by now.
    }

    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws NotSupportedException {
        throw new NotSupportedException("GOOSE-3168: this version of the adapter delivers to no message-driven beans;"
                + " let the application's own worker run its jobs");
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {
        // None is ever activated.
    }

    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[0];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GooseResourceAdapter; // it has no settings of its own
    }

    @Override
    public int hashCode() {
        return GooseResourceAdapter.class.hashCode();
    }
}
