/** The JDBC broker on real servers. */
@NullMarked
package io.goose.it.jdbc;

import org.jspecify.annotations.NullMarked;
