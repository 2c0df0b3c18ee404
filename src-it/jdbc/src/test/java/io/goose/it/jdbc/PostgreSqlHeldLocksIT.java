package io.goose.it.jdbc;

/** Locks that are not let go, on PostgreSQL. */
final class PostgreSqlHeldLocksIT extends HeldLocks {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.postgreSql();
    }

    @Override
    String lockWait() {
        return "SHOW lock_timeout";
    }
}
