package io.goose.engine.transaction;

import io.goose.admin.LimitScope;
import io.goose.spi.LimitLedger;
import java.util.Map;

/** The limits of a broker whose connections join transactions, changed outside of them. Thread-safe. */
final class OutsideLimits implements LimitLedger {

    private final LimitLedger inner;
    private final Outside outside;

    OutsideLimits(LimitLedger inner, Outside outside) {
        this.inner = inner;
        this.outside = outside;
    }

    @Override
    public Map<LimitScope, Kept> limits(String queue) {
        return outside.call(() -> inner.limits(queue));
    }

    @Override
    public void put(String queue, LimitScope scope, Kept kept) {
        outside.run(() -> inner.put(queue, scope, kept));
    }

    @Override
    public boolean remove(String queue, LimitScope scope) {
        return outside.call(() -> inner.remove(queue, scope));
    }

    @Override
    public long running(String queue, LimitScope scope) {
        return outside.call(() -> inner.running(queue, scope));
    }
}
