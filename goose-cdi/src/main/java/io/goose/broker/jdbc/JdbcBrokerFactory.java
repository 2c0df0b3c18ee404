package io.goose.broker.jdbc;

import io.goose.GooseConfigurationException;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Capability;
import io.goose.spi.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes brokers on PostgreSQL, MariaDB or H2, for {@code goose.broker.<name>.datasource=<JNDI name>} or, with
 * {@link #of(DataSource)}, for {@code kind=jdbc} and a data source that is given. The driver is the application's or the
 * server's.
 *
 * @since 0.1
 */
public final class JdbcBrokerFactory implements BrokerFactory {

    private static final Set<String> KEYS =
            Set.of("datasource", "listen-datasource", "db-schema", "table-prefix", "schema");

    private final @Nullable DataSource given;

    /** For the service loader: data sources are looked up by their names. */
    public JdbcBrokerFactory() {
        this(null);
    }

    private JdbcBrokerFactory(@Nullable DataSource given) {
        this.given = given;
    }

    /**
     * A factory of brokers on one data source, for Java SE.
     *
     * @param dataSource should be a pool of at least three connections; stays the caller's to close, after Goose
     */
    public static JdbcBrokerFactory of(DataSource dataSource) {
        return new JdbcBrokerFactory(Objects.requireNonNull(dataSource, "dataSource"));
    }

    @Override
    public String kind() {
        return "jdbc";
    }

    @Override
    public Set<String> schemes() {
        return Set.of();
    }

    @Override
    public Set<String> keys() {
        return KEYS;
    }

    @Override
    public Set<Capability> capabilities() {
        return JdbcBroker.CAPABILITIES;
    }

    @Override
    public boolean keepsLedgers() {
        return true;
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        List<String> problems = new ArrayList<>(JdbcSettings.problems(settings, given != null));
        settings.get("url")
                .ifPresent(url -> problems.add("GOOSE-3045: " + settings.keyName("url")
                        + " cannot be used with kind=jdbc: connections come from a data source; remove it and set "
                        + settings.keyName("datasource")));
        return problems;
    }

    /**
     * {@inheritDoc}
     *
     * @throws GooseConfigurationException if a data source is not bound at its name
     */
    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        JdbcSettings read = JdbcSettings.read(settings, given != null, new ArrayList<>());
        DataSource source = given == null ? lookUp(settings, "datasource", read.datasource()) : given;
        String where = given == null ? "data source '" + read.datasource() + "'" : "the given data source";
        DataSource listenSource = read.listenDatasource().isEmpty()
                ? source
                : lookUp(settings, "listen-datasource", read.listenDatasource());
        return new JdbcBroker(settings, new Database(source, read, where), listenSource, threads);
    }

    // The name is the deployer's, from the configuration, never from a job.
    @SuppressWarnings("BanJNDI")
    private static DataSource lookUp(BrokerSettings settings, String key, String name) {
        try {
            Object bound = InitialContext.doLookup(name);
            if (bound instanceof DataSource source) {
                return source;
            }
            throw refused(settings, key, name, "it is a " + bound.getClass().getName(), null);
        } catch (NamingException absent) {
            throw refused(settings, key, name, String.valueOf(absent), absent);
        }
    }

    private static GooseConfigurationException refused(
            BrokerSettings settings, String key, String name, String why, @Nullable NamingException cause) {
        GooseConfigurationException refused = new GooseConfigurationException(
                List.of("GOOSE-3046: no data source is bound at " + settings.keyName(key) + "='" + name + "': " + why
                        + "; define it in the server, or correct the name"));
        if (cause != null) {
            refused.addSuppressed(cause);
        }
        return refused;
    }
}
