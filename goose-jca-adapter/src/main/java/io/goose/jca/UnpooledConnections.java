package io.goose.jca;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import org.jspecify.annotations.Nullable;

/** Connections for a program without a container: each is made when it is asked for, and ends when it is closed. */
final class UnpooledConnections implements ConnectionManager {

    private static final long serialVersionUID = 1;

    @Override
    public Object allocateConnection(ManagedConnectionFactory factory, @Nullable ConnectionRequestInfo request)
            throws ResourceException {
        ManagedConnection connection = factory.createManagedConnection(null, request);
        connection.addConnectionEventListener(new ConnectionEventListener() {
            @Override
            public void connectionClosed(ConnectionEvent event) {
                try {
                    connection.destroy();
                } catch (ResourceException unclean) {
                    System.getLogger(UnpooledConnections.class.getName())
                            .log(System.Logger.Level.WARNING, "a connection was not ended cleanly", unclean);
                }
            }

            @Override
            public void connectionErrorOccurred(ConnectionEvent event) {
                // It ends when it is closed, as any.
            }

            @Override
            public void localTransactionStarted(ConnectionEvent event) {
                // None is ever started.
            }

            @Override
            public void localTransactionCommitted(ConnectionEvent event) {
                // None is ever started.
            }

            @Override
            public void localTransactionRolledback(ConnectionEvent event) {
                // None is ever started.
            }
        });
        return connection.getConnection(null, request);
    }
}
