package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** All contracts on a Redis that takes TLS only, as a user with few rights. */
@Tag("matrix")
final class SecuredMatrixIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.secured());
    }
}
