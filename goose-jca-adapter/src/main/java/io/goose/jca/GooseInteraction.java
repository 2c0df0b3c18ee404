package io.goose.jca;

import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.Interaction;
import jakarta.resource.cci.InteractionSpec;
import jakarta.resource.cci.Record;
import jakarta.resource.cci.ResourceWarning;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls of the broker behind a connection. Thread-safe. */
final class GooseInteraction implements Interaction {

    private final GooseConnection connection;

    GooseInteraction(GooseConnection connection) {
        this.connection = connection;
    }

    @Override
    public Record execute(@Nullable InteractionSpec spec, Record input) throws ResourceException {
        if (!(input instanceof Map<?, ?> call)) {
            throw new NotSupportedException("goose-jca-adapter takes a MappedRecord, not a "
                    + input.getClass().getName());
        }
        GooseManagedConnection managed = connection.managed();
        try {
            return managed.served().call(call);
        } finally {
            managed.called();
        }
    }

    @Override
    public boolean execute(@Nullable InteractionSpec spec, Record input, Record output) throws ResourceException {
        throw new NotSupportedException("goose-jca-adapter answers by a record of its own; call execute(spec, input)");
    }

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public void close() {
        // It holds nothing.
    }

    @Override
    public @Nullable ResourceWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {
        // There are none.
    }
}
