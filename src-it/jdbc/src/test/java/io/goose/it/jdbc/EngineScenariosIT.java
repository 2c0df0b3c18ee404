package io.goose.it.jdbc;

import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;

/** Engines on PostgreSQL. */
final class EngineScenariosIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return DatabaseSetUp.postgreSql();
    }
}
