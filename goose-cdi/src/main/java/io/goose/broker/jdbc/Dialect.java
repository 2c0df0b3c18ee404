package io.goose.broker.jdbc;

import io.goose.BrokerRefusedException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What differs between databases. Stateless. */
enum Dialect {
    /** PostgreSQL 12 or later. */
    POSTGRESQL("postgresql", "PostgreSQL", 12, 0) {
        @Override
        String now() {
            return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        }

        @Override
        String next(String sequence) {
            return "nextval('" + sequence + "')";
        }

        @Override
        String address() {
            return "CAST(ctid AS TEXT)";
        }

        // A queue's table grows and shrinks faster than its statistics follow; a plan made while it was empty reads all
        // of it, and is kept. What has no other plan looks too costly then, and must not be compiled for that.
        @Override
        String byIndex() {
            return ", set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),"
                    + " set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),"
                    + " set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)"
                    + limitedByTheWay();
        }

        // The driver sends both in one message, and each is planned when those before it have been carried out.
        @Override
        String afterSettings(String sql, boolean byIndex) {
            return "SELECT " + (byIndex ? byIndex() : limitedByTheWay()).substring(2) + "; " + sql;
        }

        // As it was before, for it is the application's transaction; if the statement fails, there is none any more.
        @Override
        String byIndexAlone(String sql) {
            return "SELECT set_config('goose.seqscan', current_setting('enable_seqscan'), true),"
                    + " set_config('enable_seqscan', 'off', true); " + sql
                    + "; SELECT set_config('enable_seqscan', current_setting('goose.seqscan'), true)";
        }

        @Override
        String limitedByTheWay() {
            return ", set_config('lock_timeout', '" + LONGEST_LOCK_WAIT_MILLIS + "', true)";
        }
    },

    /** MariaDB 10.6 or later: the first that skips locked rows. */
    MARIADB("mariadb", "MariaDB", 10, 6) {
        @Override
        String now() {
            return "CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)";
        }

        @Override
        String limited(String sql) {
            return LIMITED + sql;
        }
    },

    /** H2 2.2 or later, the first that skips locked rows; embedded: one process. */
    H2("h2", "H2", 2, 2) {
        // Within a transaction it stands still; our transactions are short.
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

        @Override
        String lockFreeRow() {
            return " FOR UPDATE"; // it may wait, but nothing can hang on the way to a database in the same process
        }

        // It keeps the limit for the connection, which is the application's too; it has a lock timeout of its own.
        @Override
        boolean limitsStatements() {
            return false;
        }
    };

    /**
     * How long a statement of our own transactions waits for a lock, in milliseconds. Longer than it takes to find a deadlock,
     * and short enough that a beat which waits twice comes in time for the usual lease.
     */
    static final int LONGEST_LOCK_WAIT_MILLIS = 5_000;

    /** A prefix of a statement of MariaDB that leaves the connection as it was. */
    private static final String LIMITED = "SET STATEMENT innodb_lock_wait_timeout=" + LONGEST_LOCK_WAIT_MILLIS / 1000
            + ", lock_wait_timeout=" + LONGEST_LOCK_WAIT_MILLIS / 1000 + " FOR ";

    private final String folder;
    private final String product;
    private final int major;
    private final int minor;

    Dialect(String folder, String product, int major, int minor) {
        this.folder = folder;
        this.product = product;
        this.major = major;
        this.minor = minor;
    }

    /**
     * The dialect of a database, by what its driver says of it.
     *
     * @throws BrokerRefusedException if there is none
     */
    static Dialect of(String product, int major, int minor) {
        Dialect dialect = named(product.toLowerCase(Locale.ROOT));
        if (dialect == null) {
            throw new BrokerRefusedException(
                    "GOOSE-3041: the database is a " + product
                            + "; Goose keeps jobs in PostgreSQL, MariaDB and H2, or use Redis",
                    null);
        }
        if (major < dialect.major || (major == dialect.major && minor < dialect.minor)) {
            throw new BrokerRefusedException(
                    "GOOSE-3041: the database is " + dialect.product + " " + major + "." + minor + "; Goose needs "
                            + dialect.major + "." + dialect.minor + " or later",
                    null);
        }
        return dialect;
    }

    private static @Nullable Dialect named(String product) {
        if (product.contains("postgresql")) {
            return POSTGRESQL;
        }
        if (product.contains("mariadb")) {
            return MARIADB;
        }
        return product.equals("h2") ? H2 : null;
    }

    /** Where the schema's files are, below this package's resources. */
    String folder() {
        return folder;
    }

    /** The database's time in epoch milliseconds, as an expression. */
    abstract String now();

    /** Whether a limit of a statement's time is one of that statement alone. */
    boolean limitsStatements() {
        return true;
    }

    /** The next number of a sequence, as an expression. */
    String next(String sequence) {
        return "NEXT VALUE FOR " + sequence;
    }

    /** Where a row lies, as an expression of text: valid as long as the row is locked; null where there is no such thing. */
    String address() {
        return "NULL";
    }

    /** Further columns of a query that make the later statements of the transaction use indexes; empty if none are needed. */
    String byIndex() {
        return "";
    }

    /** Behind a query: locks the rows that nobody else has locked, and leaves the others out. */
    String lockFreeRows() {
        return " FOR UPDATE SKIP LOCKED";
    }

    /** The same for a query without a limit. */
    String skipLockedRows() {
        return " FOR UPDATE SKIP LOCKED";
    }

    /** Behind a query of one row by its key: locks it, or finds none if somebody else has locked it. */
    String lockFreeRow() {
        return lockFreeRows();
    }

    /** Further columns of a query that limit how long the later statements of the transaction wait for locks. */
    String limitedByTheWay() {
        return "";
    }

    /**
     * The first statement of a transaction of our own, behind those that give the transaction its settings; where there are
     * such, its results come behind one of theirs.
     *
     * @param byIndex whether plans are kept on the indexes, else waits for locks are limited alone
     */
    String afterSettings(String sql, boolean byIndex) {
        return sql;
    }

    /** A change in the application's transaction that is kept on an index by itself; its count comes behind another result. */
    String byIndexAlone(String sql) {
        return sql;
    }

    /** A statement that does not wait for locks for longer, where that is said with each. */
    String limited(String sql) {
        return sql;
    }

    /** Whether claims of a queue wait for each other. */
    boolean claimsOneByOne() {
        return false;
    }
}
