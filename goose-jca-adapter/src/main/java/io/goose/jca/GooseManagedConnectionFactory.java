package io.goose.jca;

import io.goose.broker.jca.Served;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import jakarta.resource.NotSupportedException;
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
    private static final String XA = "xa";

    /** What a server is given as the login of its recovery where it wants one: that of the properties is meant. */
    private static final String AS_CONFIGURED = "as-configured";

    private final Settings settings = new Settings();
    private String transactions = NONE;
    private String xaDurability = XaDurability.STRICT.word();
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

    /**
     * {@code none}, which is the default, or {@code local}: what is enqueued in a transaction is sent when it commits; or {@code xa}: it
     * commits with the other resources of a distributed transaction.
     */
    @ConfigProperty
    public void setTransactions(String value) {
        transactions = value.isBlank() ? NONE : value.strip();
    }

    public String getXaDurability() {
        return xaDurability;
    }

    /**
     * {@code strict}, which is the default: distributed transactions are refused where the servers may forget in a crash what they have
     * prepared; or {@code relaxed}.
     */
    @ConfigProperty
    public void setXaDurability(String value) {
        xaDurability = value.isBlank() ? XaDurability.STRICT.word() : value.strip();
    }

    /** What the container is to do with its connections in a transaction. */
    @Override
    public TransactionSupportLevel getTransactionSupport() {
        return switch (transactions) {
            case XA -> TransactionSupportLevel.XATransaction;
            case LOCAL -> TransactionSupportLevel.LocalTransaction;
            default -> TransactionSupportLevel.NoTransaction;
        };
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
        Settings wanted = login == null ? settings : settings.as(login.getUserName(), new String(login.getPassword()));
        List<String> problems = new ArrayList<>(Brokers.problems(wanted));
        problems.addAll(problems());
        if (!problems.isEmpty()) {
            throw new InvalidPropertyException("GOOSE-3169: the connection factory of goose-jca-adapter is not set up"
                    + " as it must be: " + String.join("; ", problems));
        }
        Broker broker = Brokers.make(wanted);
        String user = login == null ? "" : login.getUserName();
        if (transactions.equals(NONE)) {
            return new GooseManagedConnection(new Served(broker), user, null);
        }
        LocalJobs local = new LocalJobs(broker);
        if (transactions.equals(LOCAL)) {
            return new GooseManagedConnection(new Served(JoiningBroker.of(broker, local::add)), user, local);
        }
        if (!broker.capabilities().contains(Capability.BRANCHES)) {
            String where = broker.describe();
            broker.close();
            throw new NotSupportedException("GOOSE-3216: transactions=xa cannot be used with " + where
                    + ", which keeps no branches of distributed transactions; use Redis, or transactions=local");
        }
        XaJobs branches = new XaJobs(this, broker.branches(), xaDurability.equals(XaDurability.STRICT.word()));
        // Some containers want a local transaction where there is no other.
        Served served = new Served(
                JoiningBroker.of(broker, jobs -> branches.isAssociated() ? branches.add(jobs) : local.add(jobs)));
        return new GooseManagedConnection(served, user, local, branches);
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>();
        settings.namespaceProblem().ifPresent(problems::add);
        if (!Set.of(NONE, LOCAL, XA).contains(transactions)) {
            problems.add(
                    "transactions='" + transactions + "' cannot be used; write " + NONE + ", " + LOCAL + " or " + XA);
        }
        if (XaDurability.of(xaDurability).isEmpty()) {
            problems.add(XaDurability.problem(xaDurability));
        }
        return problems;
    }

    /** The credential that the container means for this factory. */
    private @Nullable PasswordCredential login(@Nullable Subject subject) {
        if (subject == null) {
            return null;
        }
        return subject.getPrivateCredentials(PasswordCredential.class).stream()
                .filter(one -> equals(one.getManagedConnectionFactory()))
                .filter(one -> !AS_CONFIGURED.equals(one.getUserName()))
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
                && transactions.equals(that.transactions)
                && xaDurability.equals(that.xaDurability);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * settings.hashCode() + transactions.hashCode()) + xaDurability.hashCode();
    }
}
