package io.goose.it.jdbc;

/** What the page says for MariaDB. */
final class MariaDbProducerIT extends SqlProducer {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }

    @Override
    String heading() {
        return "On MariaDB";
    }
}
