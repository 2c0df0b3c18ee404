package io.goose.it.chaos;

import io.goose.JobOptions;
import io.goose.RetryLater;
import io.goose.admin.QueueStats;
import io.goose.engine.Engine;
import io.goose.engine.EngineParts;
import io.goose.engine.EngineSettings;
import io.goose.engine.Inbound;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.run.RunLimits;
import io.goose.engine.transaction.TransactionMode;
import io.goose.spi.Broker;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkManager;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcDataSource;

/**
 * A message-driven bean and the resource adapter's worker for it. Each of its jobs writes a row in the transaction of its delivery.
 */
final class XaWorker {

    /** Writes its row. */
    static final String PLAIN = "plain";

    /** The same, and fails at first. */
    static final String FAILS = "fails";

    /** The same, and at first another resource refuses when Goose has prepared. */
    static final String VETOED = "vetoed";

    /** What is printed whenever one runs, before its id. */
    static final String RAN = "ran ";

    private static final String ADAPTER = "io.goose.jca.GooseResourceAdapter";
    private static final String SPEC = "io.goose.jca.GooseActivationSpec";
    private static final Duration SOON = Duration.ofMillis(50);

    private final TransactionManager transactions;
    private final JdbcDataSource database;
    private final ResourceAdapter adapter;
    private final ActivationSpec spec;
    private final Broker broker;
    private final Engine engine;

    XaWorker(
            TransactionManager transactions,
            JdbcDataSource database,
            ClassLoader archive,
            Map<String, String> properties,
            Broker broker)
            throws Exception {
        this.transactions = transactions;
        this.database = database;
        this.broker = broker;
        this.adapter = (ResourceAdapter)
                archive.loadClass(ADAPTER).getDeclaredConstructor().newInstance();
        this.spec = (ActivationSpec)
                archive.loadClass(SPEC).getDeclaredConstructor().newInstance();
        for (String name : List.of("Url", "Settings", "Namespace")) {
            String value = properties.get(name);
            if (value != null) {
                spec.getClass().getMethod("set" + name, String.class).invoke(spec, value);
            }
        }
        spec.getClass().getMethod("setQueues", String.class).invoke(spec, XaProcess.WORK);
        spec.getClass().getMethod("setThreads", Integer.class).invoke(spec, 3);
        spec.setResourceAdapter(adapter);
        adapter.start(bootstrap());
        this.engine = engine();
    }

    /** By what the transaction manager ends what an earlier process has left; before anything is active. */
    XAResource recovery() throws ResourceException {
        return adapter.getXAResources(new ActivationSpec[] {spec})[0];
    }

    /** Works until its queue is empty, or the process dies. */
    void work(XaMortal.Death death) throws Exception {
        engine.start();
        Inbound inbound = engine.inbound(null);
        XaInbound endpoint = new XaInbound(
                transactions, resource -> new XaMortal(resource, death), inbound.transacted(), inbound.announced());
        adapter.endpointActivation(endpoint, spec);
        while (hasWork()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        adapter.endpointDeactivation(endpoint, spec);
        adapter.stop();
        engine.stop();
    }

    private boolean hasWork() {
        QueueStats stats = broker.stats(XaProcess.WORK);
        return stats.waiting() + stats.running() + stats.scheduled() > 0;
    }

    private Engine engine() {
        List<String> problems = new ArrayList<>();
        JobCatalogue catalogue = JobCatalogue.of(
                List.of(
                        job(PLAIN, arguments -> write()),
                        job(FAILS, arguments -> {
                            Object written = write();
                            if (isFirst()) {
                                throw new RetryLater(SOON);
                            }
                            return written;
                        }),
                        job(VETOED, arguments -> {
                            Object written = write();
                            if (isFirst()) {
                                transactions.getTransaction().enlistResource(new Veto());
                            }
                            return written;
                        })),
                problems);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(problems.toString());
        }
        return Engine.create(
                new EngineSettings(
                        "main",
                        Map.of(),
                        true,
                        27,
                        EngineSettings.DEFAULT_MAX_JOB_SIZE,
                        TransactionMode.AFTER_COMMIT,
                        EngineSettings.DEFAULT_TRANSACTION_TIMEOUT,
                        RunLimits.DEFAULT,
                        List.of(),
                        EngineSettings.DEFAULT_RESULT_RETENTION,
                        Map.of(),
                        false),
                new EngineParts(
                        catalogue,
                        new JsonbArgumentCodec(),
                        XaWorker::daemon,
                        EngineParts.Extensions.NONE,
                        EngineParts.Host.plain(XaContainer.surrounding())),
                Map.of("main", broker));
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private static JobDefinition job(String name, JobInvoker body) {
        return new JobDefinition(
                name,
                Set.of(),
                Set.of(),
                List.of(),
                new JobDefinition.Settings(JobOptions.NONE, List.of(), true, body, name));
    }

    private boolean isFirst() {
        return engine.currentRun().attempt() == 1;
    }

    /** The connection is closed with the transaction: H2 rolls back what is not committed when it is closed. */
    private Object write() throws Exception {
        String id = engine.currentRun().id().value();
        System.out.println(RAN + id);
        XAConnection connection = database.getXAConnection();
        transactions.getTransaction().enlistResource(connection.getXAResource());
        transactions.getTransaction().registerSynchronization(closing(connection));
        try (PreparedStatement statement =
                connection.getConnection().prepareStatement("INSERT INTO effect (job, attempt) VALUES (?, ?)")) {
            statement.setString(1, id);
            statement.setInt(2, engine.currentRun().attempt());
            statement.executeUpdate();
        }
        return id;
    }

    private static Synchronization closing(XAConnection connection) {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {
                // it is needed for that
            }

            @Override
            public void afterCompletion(int status) {
                try {
                    connection.close();
                } catch (SQLException unclean) {
                    throw new IllegalStateException(unclean);
                }
            }
        };
    }

    /** It is asked last. */
    private static final class Veto extends LoneResource {

        @Override
        public int prepare(Xid xid) throws XAException {
            throw new XAException(XAException.XA_RBROLLBACK);
        }

        @Override
        public void start(Xid xid, int flags) {
            // it does nothing
        }

        @Override
        public void end(Xid xid, int flags) {
            // it has done nothing
        }

        @Override
        public void commit(Xid xid, boolean onePhase) throws XAException {
            throw new XAException(XAException.XAER_PROTO);
        }

        @Override
        public void rollback(Xid xid) {
            // there is nothing
        }

        @Override
        public void forget(Xid xid) {
            // there is nothing
        }
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(XaWorker.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static BootstrapContext bootstrap() {
        WorkManager works = proxy(WorkManager.class, (self, method, given) -> {
            if (!method.getName().equals("scheduleWork")) {
                throw new UnsupportedOperationException(method.toString());
            }
            daemon("work", (Work) given[0]).start();
            return null;
        });
        return proxy(BootstrapContext.class, (self, method, given) -> {
            if (!method.getName().equals("getWorkManager")) {
                throw new UnsupportedOperationException(method.toString());
            }
            return works;
        });
    }
}
