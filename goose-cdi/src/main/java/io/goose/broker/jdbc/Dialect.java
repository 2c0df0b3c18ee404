package io.goose.broker.jdbc;

import java.sql.SQLException;
import java.util.Locale;

/** What differs between databases. Stateless. */
enum Dialect {
    /** PostgreSQL 12 or later. */
    POSTGRESQL("postgresql") {
        @Override
        String now() {
            return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        }

        @Override
        String next(String sequence) {
            return "nextval('" + sequence + "')";
        }

        @Override
        String insertIfAbsent(String insert) {
            return insert + " ON CONFLICT DO NOTHING";
        }
    },

    /** MariaDB 10.6 or later; MySQL 8 by the same statements. */
    MARIADB("mariadb") {
        @Override
        String now() {
            return "CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)";
        }

        @Override
        String insertIfAbsent(String insert) {
            return insert.replaceFirst("INSERT INTO", "INSERT IGNORE INTO");
        }
    },

    /** H2 2.x, embedded: one process. */
    H2("h2") {
        @Override
        String now() {
            return "DATEDIFF('MILLISECOND', TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00', CURRENT_TIMESTAMP)";
        }

        // H2 applies a limit before it skips locked rows, so a second claim would find nothing: claims come one by one.
        @Override
        boolean claimsOneByOne() {
            return true;
        }

        @Override
        String lockFreeRows() {
            return "";
        }

        // It has no such insert; a second one fails and leaves the transaction as it was.
        @Override
        boolean failsIfPresent() {
            return true;
        }
    };

    private final String folder;

    Dialect(String folder) {
        this.folder = folder;
    }

    /** The dialect of a database, by the name and version that its driver gives. */
    static Dialect of(String product) throws SQLException {
        String name = product.toLowerCase(Locale.ROOT);
        if (name.contains("postgresql")) {
            return POSTGRESQL;
        }
        if (name.contains("mariadb") || name.contains("mysql")) {
            return MARIADB;
        }
        if (name.equals("h2")) {
            return H2;
        }
        throw new SQLException("GOOSE-3041: the database '" + product
                + "' is none of PostgreSQL, MariaDB, MySQL and H2; use one of these, or Redis");
    }

    /** Where the schema's files are, below this package's resources. */
    String folder() {
        return folder;
    }

    /** The database's time in epoch milliseconds, as an expression; it moves within a transaction. */
    abstract String now();

    /** The insert that does nothing if the key is there already; its update count says which. */
    String insertIfAbsent(String insert) {
        return insert;
    }

    /** Whether {@link #insertIfAbsent} fails, harmlessly, instead of doing nothing. */
    boolean failsIfPresent() {
        return false;
    }

    /** The next number of a sequence, as an expression. */
    String next(String sequence) {
        return "NEXT VALUE FOR " + sequence;
    }

    /** Behind a query: locks the rows that nobody else has locked, and leaves the others out. */
    String lockFreeRows() {
        return " FOR UPDATE SKIP LOCKED";
    }

    /** Whether claims of a queue wait for each other. */
    boolean claimsOneByOne() {
        return false;
    }
}
