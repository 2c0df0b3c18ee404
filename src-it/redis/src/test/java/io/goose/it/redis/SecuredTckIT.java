package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** R26: the main contracts on a Redis that takes TLS only, as a user with few rights. */
final class SecuredTckIT extends BrokerTck {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.secured());
    }
}
