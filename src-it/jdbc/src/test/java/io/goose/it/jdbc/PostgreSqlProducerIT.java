package io.goose.it.jdbc;

/** What the page says for PostgreSQL. */
final class PostgreSqlProducerIT extends SqlProducer {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.postgreSql();
    }

    @Override
    String heading() {
        return "On PostgreSQL";
    }
}
