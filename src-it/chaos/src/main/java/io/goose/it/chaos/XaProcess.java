package io.goose.it.chaos;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.se.Goose;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.XAConnection;
import org.h2.jdbcx.JdbcDataSource;

/**
 * A process that first has a transaction manager recover what an earlier one has left, and then enqueues through the resource adapter and writes
 * rows in distributed transactions, until it dies. Of three in a row the last rolls back.
 *
 * <p>Or it leases jobs instead, and completes each in the transaction in which it writes the job's row; by hand, or as the adapter's worker does for a
 * message-driven bean.
 *
 * <p>Arguments: a folder for the manager's log and the database, the class path of the adapter, the {@link XaPoint}, which time it counts, what it does
 * ({@link #ENQUEUE}, {@link #COMPLETE} or {@link #INBOUND}), and the adapter's properties as {@code name=value}.
 */
public final class XaProcess {

    static final int KILLED = 137;
    static final String NAMESPACE = "xa";
    static final List<String> QUEUES = List.of("orders", "mails");

    /** It enqueues. */
    static final String ENQUEUE = "enqueue";

    /** It runs jobs of {@link #WORK}. */
    static final String COMPLETE = "complete";

    /** It has jobs of {@link #WORK} delivered by the resource adapter. */
    static final String INBOUND = "inbound";

    static final String WORK = "work";

    /** When the jobs of a dead process are free. */
    static final Duration LEASE = Duration.ofSeconds(2);

    /** What is said before an orderly end. */
    static final String SURVIVED = "all has been recovered";

    private static final int MOST_TRANSACTIONS = 200;

    private final TransactionManager transactions = com.arjuna.ats.jta.TransactionManager.transactionManager();
    private final JdbcDataSource database;

    private XaProcess(JdbcDataSource database) {
        this.database = database;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of("Namespace", NAMESPACE, "Transactions", "xa"));
        for (String argument : List.of(arguments).subList(5, arguments.length)) {
            int equals = argument.indexOf('=');
            properties.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        XaContainer.install();
        XaRecovery.configure(arguments[0] + "/log");
        JdbcDataSource database = database(arguments[0]);
        XaProcess process = new XaProcess(database);
        process.createTable();
        ClassLoader archive = XaContainer.loader(arguments[1]);
        if (arguments[4].equals(INBOUND)) {
            process.deliver(archive, properties, XaPoint.valueOf(arguments[2]), Integer.parseInt(arguments[3]));
            return;
        }
        ManagedConnectionFactory adapter = XaContainer.adapter(archive, properties);
        process.recover(adapter);
        XaPoint point = XaPoint.valueOf(arguments[2]);
        if (point != XaPoint.NEVER) {
            XaMortal.Death death = new XaMortal.Death(point, Integer.parseInt(arguments[3]));
            new XaContainer(process.transactions, resource -> new XaMortal(resource, death)).bind(adapter);
            if (arguments[4].equals(COMPLETE)) {
                process.complete(properties, death);
            } else {
                process.work();
            }
        }
        survived();
    }

    private static void survived() {
        System.out.println(SURVIVED);
        Runtime.getRuntime().halt(0); // the database is whole as it is
    }

    /** Has jobs delivered by the adapter's worker, until there is none any more. */
    private void deliver(ClassLoader archive, Map<String, String> properties, XaPoint point, int number)
            throws Exception {
        try (Broker broker = XaSettle.broker(brokers(properties))) {
            XaWorker worker = new XaWorker(transactions, database, archive, properties, broker);
            XAConnection ofDatabase = database.getXAConnection();
            XaRecovery.run(worker.recovery(), ofDatabase.getXAResource());
            ofDatabase.close();
            worker.work(new XaMortal.Death(point, number));
        }
        survived();
    }

    /** The adapter's properties as those of a broker. */
    private static Map<String, String> brokers(Map<String, String> properties) {
        Map<String, String> ofBroker = new HashMap<>();
        String settings = properties.get("Settings");
        if (settings == null) {
            ofBroker.put("url", properties.getOrDefault("Url", ""));
            return ofBroker;
        }
        for (String setting : settings.split(";", -1)) {
            int equals = setting.indexOf('=');
            ofBroker.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return ofBroker;
    }

    /** Each commit is on the disk when it returns. */
    static JdbcDataSource database(String folder) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:file:" + folder + "/business;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
        database.setUser("sa");
        return database;
    }

    private void createTable() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS business (job VARCHAR(64) PRIMARY KEY)");
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS effect (job VARCHAR(64) PRIMARY KEY, attempt INT)");
        }
    }

    private void recover(ManagedConnectionFactory adapter) throws Exception {
        ManagedConnection ofGoose = adapter.createManagedConnection(null, null);
        XAConnection ofDatabase = database.getXAConnection();
        try {
            XaRecovery.run(ofGoose.getXAResource(), ofDatabase.getXAResource());
        } finally {
            ofDatabase.close();
            ofGoose.destroy();
        }
    }

    private void work() throws Exception {
        try (Goose goose = Goose.builder()
                .config("goose.broker.main.kind", "jca")
                .config("goose.broker.main.jndi", XaContainer.JNDI)
                .config("goose.worker.enabled", "false")
                .transactions(XaContainer.surrounding())
                .build()) {
            goose.start();
            for (int number = 0; number < MOST_TRANSACTIONS; number++) {
                transaction(goose.client(), number);
            }
        }
    }

    /** Leases two jobs, of which the second is only held, and works on the first. */
    private void complete(Map<String, String> properties, XaMortal.Death death) throws Exception {
        try (Broker broker = XaSettle.broker(Map.of("url", properties.get("Url")));
                Session worker = XaSettle.worker(broker, List.of(WORK), LEASE)) {
            Lease lease = worker.lease(WORK, 2, 1 << 20).leases().get(0);
            transactions.begin();
            Transaction transaction = transactions.getTransaction();
            XAConnection connection = database.getXAConnection();
            transaction.enlistResource(connection.getXAResource());
            transaction.enlistResource(new XaMortal(new XaSettle(broker, lease), death));
            write(connection.getConnection(), List.of(lease.job().id().value()));
            transactions.commit();
        }
    }

    /** The database takes part first in each second one. */
    private void transaction(GooseClient goose, int number) throws Exception {
        transactions.begin();
        Transaction transaction = transactions.getTransaction();
        XAConnection connection = database.getXAConnection();
        boolean isDone = false;
        try {
            if (number % 2 == 0) {
                transaction.enlistResource(connection.getXAResource());
            }
            List<String> jobs = QUEUES.stream()
                    .map(queue -> goose.with(options -> options.queue(queue))
                            .performAsync(JobCall.of(Way.NOTED))
                            .value())
                    .toList();
            if (number % 2 == 1) {
                transaction.enlistResource(connection.getXAResource());
            }
            write(connection.getConnection(), jobs);
            isDone = number % 3 != 2;
        } finally {
            if (isDone) {
                transactions.commit();
            } else {
                transactions.rollback();
            }
            connection.close();
        }
    }

    private static void write(Connection connection, List<String> jobs) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO business (job) VALUES (?)")) {
            for (String job : jobs) {
                statement.setString(1, job);
                statement.executeUpdate();
            }
        }
    }
}
