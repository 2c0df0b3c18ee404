package io.goose.broker.jdbc;

import io.goose.spi.SurroundingTransaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The transactions of another, of which a test changes something. */
class ForwardingTransaction implements SurroundingTransaction {

    private final SurroundingTransaction real;

    ForwardingTransaction(SurroundingTransaction real) {
        this.real = real;
    }

    @Override
    public boolean isPresent() {
        return real.isPresent();
    }

    @Override
    public State state() {
        return real.state();
    }

    @Override
    public void setRollbackOnly() {
        real.setRollbackOnly();
    }

    @Override
    public @Nullable Object resource(Object key) {
        return real.resource(key);
    }

    @Override
    public void putResource(Object key, Object value) {
        real.putResource(key, value);
    }

    @Override
    public void onEnd(Completion completion) {
        real.onEnd(completion);
    }

    @Override
    public Optional<Demarcation> demarcation() {
        return real.demarcation();
    }
}
