package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.goose.BrokerUnavailableException;
import io.goose.broker.net.TlsSettings;
import io.goose.spi.WorkerThreads;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections, and has the threads of all of them: the client starts none by itself. What recovers is this library: a
 * connection that is lost is made again where it is needed, and what it had is declared again. Thread-safe.
 */
final class Connector implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Connector.class.getPackageName());

    /** How long what was refused waits before it is tried again. */
    static final long MOMENT_NANOS = 100_000_000L;

    private static final int HEARTBEAT_SECONDS = 10;
    private static final int WORKERS = 2;
    private static final long IDLE_SECONDS = 10;

    private final RabbitSettings settings;
    private final FirstThread first;
    private final ThreadFactory ofConnections;
    private final ExecutorService work;
    private final ExecutorService answers;
    private final ExecutorService slow;
    private final ExecutorService ending;
    private final ScheduledThreadPoolExecutor clock;

    Connector(RabbitSettings settings, WorkerThreads threads, String brokerName) {
        this.settings = settings;
        String prefix = "goose-" + brokerName + "-rabbitmq";
        this.first =
                new FirstThread(threads, prefix + "-first", settings.times().connect());
        this.ofConnections = body -> threads.newThread(prefix, body);
        this.work = pool(threads, prefix + "-work"); // bounded by prefetch
        this.answers = pool(threads, prefix + "-answers"); // bounded by the window of what is on its way
        this.slow = pool(threads, prefix + "-slow"); // the same, and some sessions
        this.ending = new ThreadPoolExecutor( // one or two of each connection that ends
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                body -> threads.newThread(prefix + "-ending", body));
        this.clock = new ScheduledThreadPoolExecutor(1, body -> threads.newThread(prefix + "-clock", body));
        clock.setRemoveOnCancelPolicy(true);
    }

    private static ExecutorService pool(WorkerThreads threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                body -> threads.newThread(name, body));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Where answers are handed on. What runs there must not wait for another answer. */
    ExecutorService answers() {
        return answers;
    }

    /** For what waits for the broker, or for an answer. */
    ExecutorService slow() {
        return slow;
    }

    /** For what is to happen at its time; short work only. */
    ScheduledThreadPoolExecutor clock() {
        return clock;
    }

    /** Runs something after {@link #MOMENT_NANOS}, or at once when this is closed; it must be quick. */
    void afterAMoment(Runnable action) {
        try {
            Future<?> planned = clock.schedule(action, MOMENT_NANOS, TimeUnit.NANOSECONDS);
            LOG.log(DEBUG, "something is tried again soon: {0}", planned);
        } catch (RejectedExecutionException closing) {
            action.run();
        }
    }

    /**
     * Connects to any of the nodes.
     *
     * @param purpose what the connection is for, for the broker's own tools
     * @throws BrokerUnavailableException if no thread runs that could read from it
     */
    Connection connect(String purpose) throws IOException, TimeoutException {
        first.mustRun(settings.describe()); // the client reads on a thread of its own what the broker answers
        ConnectionFactory factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setVirtualHost(settings.virtualHost());
        String username = settings.login().username();
        String password = password();
        if (username != null) {
            factory.setUsername(username);
        }
        if (password != null) {
            factory.setPassword(password);
        }
        int connectMillis = (int) settings.times().connect().toMillis();
        factory.setConnectionTimeout(connectMillis);
        factory.setHandshakeTimeout(connectMillis);
        factory.setShutdownTimeout(connectMillis);
        factory.setChannelRpcTimeout((int) settings.times().answer().toMillis());
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        factory.setThreadFactory(ofConnections);
        factory.setSharedExecutor(work);
        // Apart, for the end of a connection is told to its channels there, and others wait until they are told.
        factory.setShutdownExecutor(ending);
        factory.setExceptionHandler(new Quiet());
        TlsSettings tls = settings.tls();
        if (tls != null) {
            factory.setSocketFactory(tls.socketFactory());
        }
        factory.setSocketConfigurator(socket -> configure(socket, tls));
        List<Address> addresses = new ArrayList<>(settings.hosts().stream()
                .map(host -> new Address(host.name(), host.port()))
                .toList());
        Collections.shuffle(addresses); // so that the clients of a cluster do not all go to its first node
        return factory.newConnection(work, addresses, settings.connectionName() + " " + purpose);
    }

    private static void configure(Socket socket, @Nullable TlsSettings tls) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        if (tls != null && socket instanceof SSLSocket secure) {
            secure.setSSLParameters(tls.parameters());
        }
    }

    private @Nullable String password() throws IOException {
        Path file = settings.passwordFile();
        return file == null
                ? settings.login().password()
                : Files.readString(file, StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        List.of(work, answers, slow, ending).forEach(ExecutorService::shutdown);
    }

    /** What fails in a callback is ours and is dealt with where it happens; the client would write it to a log of its own. */
    private static final class Quiet extends ForgivingExceptionHandler {
        @Override
        protected void log(String message, Throwable failure) {
            LOG.log(DEBUG, message, failure);
        }
    }
}
