package io.goose.it.jdbc;

/** All contracts on PostgreSQL. */
final class PostgreSqlTckIT extends JdbcTck.Whole {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.postgreSql();
    }
}
