package io.goose.it.jdbc;

import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;
import org.junit.jupiter.api.Tag;

/** Engines on MariaDB. */
@Tag("matrix")
final class EngineMariaDbMatrixIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }
}
