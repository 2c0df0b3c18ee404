package io.goose.jca;

import io.goose.broker.jca.Served;
import io.goose.spi.Broker;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.spi.ConfigProperty;
import jakarta.resource.spi.ConnectionDefinition;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import jakarta.resource.spi.TransactionSupport;
import jakarta.resource.spi.ValidatingManagedConnectionFactory;
import jakarta.resource.spi.security.PasswordCredential;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to one broker. The properties are those of {@code goose.broker.<name>.*}; what has none of its own here is
 * written in {@code settings}.
 *
 * <p>Set up by the container before it is used; thread-safe from then on.
 */
@ConnectionDefinition(
        connectionFactory = ConnectionFactory.class,
        connectionFactoryImpl = GooseConnectionFactory.class,
        connection = Connection.class,
        connectionImpl = GooseConnection.class)
public final class GooseManagedConnectionFactory
        implements ManagedConnectionFactory,
                ValidatingManagedConnectionFactory,
                ResourceAdapterAssociation,
                TransactionSupport {

    private static final long serialVersionUID = 1;

    private static final String NONE = "none";
    private static final String LOCAL = "local";

    private final Settings settings = new Settings();
    private String transactions = NONE;
    private transient @Nullable ResourceAdapter adapter;
    private transient @Nullable PrintWriter log;

    /** For the container. */
    public GooseManagedConnectionFactory() {}

    public String getUrl() {
        return settings.get("url");
    }

    /** Where the broker is, {@code redis://…}, {@code rediss://…}, {@code amqp://…} or {@code amqps://…}. */
    @ConfigProperty
    public void setUrl(String value) {
        settings.put("url", value);
    }

    public String getUserName() {
        return settings.get("username");
    }

    /** Who logs in, unless the container's security says who. */
    @ConfigProperty
    public void setUserName(String value) {
        settings.put("username", value);
    }

    public String getPassword() {
        return settings.get("password");
    }

    /** The password of {@link #setUserName}. */
    @ConfigProperty(confidential = true)
    public void setPassword(String value) {
        settings.put("password", value);
    }

    public String getNamespace() {
        return settings.namespace();
    }

    /** The prefix of all keys and queues, {@code goose} by default. */
    @ConfigProperty
    public void setNamespace(String value) {
        settings.namespace(value);
    }

    public String getSettings() {
        return settings.further();
    }

    /** Further keys of the broker as {@code key=value}, separated by semicolons: {@code durability=fsync;timeout=PT2S}. */
    @ConfigProperty
    public void setSettings(String value) {
        settings.further(value);
    }

    public String getTransactions() {
        return transactions;
    }

    /** {@code none}, which is the default, or {@code local}: what is enqueued in a transaction is sent when it commits. */
    @ConfigProperty
    public void setTransactions(String value) {
        transactions = value.isBlank() ? NONE : value.strip();
    }

    /** What the container is to do with its connections in a transaction. */
    @Override
    public TransactionSupportLevel getTransactionSupport() {
        return transactions.equals(LOCAL)
                ? TransactionSupportLevel.LocalTransaction
                : TransactionSupportLevel.NoTransaction;
    }

    @Override
    public Object createConnectionFactory(ConnectionManager manager) {
        return new GooseConnectionFactory(this, manager);
    }

    @Override
    public Object createConnectionFactory() {
        return new GooseConnectionFactory(this, new UnpooledConnections());
    }

    @Override
    public ManagedConnection createManagedConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo request)
            throws ResourceException {
        PasswordCredential login = login(subject);
        Settings wanted =
                login == null ? settings : settings.as(login.getUserName(), new String(login.getPassword()));
        List<String> problems = new ArrayList<>(Brokers.problems(wanted));
        if (!transactions.equals(NONE) && !transactions.equals(LOCAL)) {
            problems.add("transactions='" + transactions + "' cannot be used; write " + NONE + " or " + LOCAL);
        }
        if (!problems.isEmpty()) {
            throw new InvalidPropertyException("GOOSE-3169: the connection factory of goose-jca-adapter is not set up"
                    + " as it must be: " + String.join("; ", problems));
        }
        Broker broker = Brokers.make(wanted);
        LocalJobs jobs = transactions.equals(LOCAL) ? new LocalJobs(broker) : null;
        Served served = new Served(jobs == null ? broker : JoiningBroker.of(broker, jobs));
        return new GooseManagedConnection(served, login == null ? "" : login.getUserName(), jobs);
    }

    /** The credential that the container means for this factory. */
    private @Nullable PasswordCredential login(@Nullable Subject subject) {
        if (subject == null) {
            return null;
        }
        return subject.getPrivateCredentials(PasswordCredential.class).stream()
                .filter(one -> equals(one.getManagedConnectionFactory()))
                .findFirst()
                .orElse(null);
    }

    /** Any connection of the same login will do. */
    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable ManagedConnection matchManagedConnections(
            Set candidates, @Nullable Subject subject, @Nullable ConnectionRequestInfo request) {
        PasswordCredential login = login(subject);
        String wanted = login == null ? "" : login.getUserName();
        for (Object one : candidates) {
            if (one instanceof GooseManagedConnection connection
                    && connection.login().equals(wanted)) {
                return connection;
            }
        }
        return null;
    }

    /** Those whose broker cannot be used now. */
    @Override
    @SuppressWarnings("rawtypes")
    public Set<ManagedConnection> getInvalidConnections(Set connections) {
        Set<ManagedConnection> invalid = new LinkedHashSet<>();
        for (Object one : connections) {
            if (one instanceof GooseManagedConnection connection && !connection.isUsable()) {
                invalid.add(connection);
            }
        }
        return invalid;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) {
        log = writer; // what there is to say goes to the server's log
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return log;
    }

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter value) {
        adapter = value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GooseManagedConnectionFactory that
                && settings.equals(that.settings)
                && transactions.equals(that.transactions);
    }

    @Override
    public int hashCode() {
        return 31 * settings.hashCode() + transactions.hashCode();
    }
}
