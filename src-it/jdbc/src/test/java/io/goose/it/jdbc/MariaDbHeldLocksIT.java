package io.goose.it.jdbc;

/** Locks that are not let go, on MariaDB. */
final class MariaDbHeldLocksIT extends HeldLocks {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }

    @Override
    String lockWait() {
        return "SELECT CONCAT(@@innodb_lock_wait_timeout, '/', @@lock_wait_timeout, '/', @@tx_isolation)";
    }
}
