/**
 * A whole broker on a relational database: PostgreSQL, MariaDB and MySQL, H2. One row is one job, wherever it is; the row's
 * {@code place} says where. What decides (when a job is due, when a lease is over) is the database's clock, and what moves a
 * job is one transaction of our own, outside any that the caller has. {@code docs/jdbc.md} lists the tables.
 */
@NullMarked
package io.goose.broker.jdbc;

import org.jspecify.annotations.NullMarked;
