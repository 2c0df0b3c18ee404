package io.goose.jca;

import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.ConfigProperty;
import jakarta.resource.spi.Connector;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.TransactionSupport.TransactionSupportLevel;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.WorkManager;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * The adapter itself. What connections connect to is said by their factories; its own properties are for message-driven beans
 * that do not name a broker. Thread-safe once it is started.
 */
@Connector(
        displayName = "Goose",
        vendorName = "Goose",
        eisType = "job broker",
        transactionSupport = TransactionSupportLevel.XATransaction)
public final class GooseResourceAdapter implements ResourceAdapter, Serializable {

    private static final long serialVersionUID = 1;

    /** How long a server may take to give threads. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Settings settings = new Settings();
    private String xaDurability = "";
    private final transient Map<Activated, InboundWorker> workers = new ConcurrentHashMap<>();
    private final transient Recoveries recoveries = new Recoveries();
    private transient volatile @Nullable WorkManager works;

    private record Activated(MessageEndpointFactory factory, ActivationSpec spec) {}

    /** For the container. */
    public GooseResourceAdapter() {}

    Settings settings() {
        return settings;
    }

    public String getUrl() {
        return settings.get("url");
    }

    /** As that of a connection factory, for message-driven beans that name none. */
    @ConfigProperty
    public void setUrl(String value) {
        settings.put("url", value);
    }

    public String getUserName() {
        return settings.get("username");
    }

    /** Who logs in. */
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

    /** Further keys of the broker, as in a connection factory. */
    @ConfigProperty
    public void setSettings(String value) {
        settings.further(value);
    }

    public String getXaDurability() {
        return xaDurability;
    }

    /** {@code strict} or {@code relaxed}, for message-driven beans that do not say; {@code strict} if it is not set. */
    @ConfigProperty
    public void setXaDurability(String value) {
        xaDurability = value.strip();
    }

    @Override
    public void start(BootstrapContext context) {
        works = context.getWorkManager();
    }

    @Override
    public void stop() {
        for (Activated activated : List.copyOf(workers.keySet())) { // the container has deactivated them, most often
            deactivate(activated);
        }
        recoveries.close();
        works = null;
    }

    /** Returns at once; jobs are leased when the application has started. */
    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws ResourceException {
        WorkManager manager = works;
        if (manager == null) {
            throw new ResourceAdapterInternalException("GOOSE-3197: goose-jca-adapter is not started");
        }
        if (!(spec instanceof GooseActivationSpec ours)) {
            throw new NotSupportedException("GOOSE-3194: goose-jca-adapter takes no activation by a "
                    + spec.getClass().getName() + "; let the container make its own GooseActivationSpec");
        }
        GooseActivationSpec.Inbound wanted = ours.read();
        Endpoint endpoint = new Endpoint(factory, System::nanoTime);
        if (endpoint.isTransacted() && !Brokers.keepBranches(wanted.broker())) {
            throw new NotSupportedException("GOOSE-3195: " + endpoint.name()
                    + " has its deliveries in transactions, in which the ends of its jobs"
                    + " cannot take part, for its broker keeps no branches of distributed transactions; use Redis, or"
                    + " extend io.goose.mdb.JobsBean");
        }
        InboundWorker worker = new InboundWorker(
                endpoint, wanted, () -> Brokers.make(wanted.broker()), new WorkThreads(manager), PATIENCE);
        Activated activated = new Activated(factory, spec);
        workers.put(activated, worker);
        boolean begun = false;
        try {
            worker.begin();
            begun = true;
        } catch (RejectedExecutionException refused) {
            throw new ResourceAdapterInternalException(refused.getMessage(), refused);
        } finally {
            if (!begun) {
                deactivate(activated);
            }
        }
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {
        deactivate(new Activated(factory, spec));
    }

    private void deactivate(Activated activated) {
        InboundWorker worker = workers.remove(activated);
        if (worker != null) {
            worker.end();
        }
    }

    /**
     * What ends branches that deliveries have left: one for each broker of beans whose deliveries are in transactions. Of a bean that is not active yet that is not
     * known, so that it counts as one.
     */
    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return recoveries.of(specs, spec -> {
            for (Map.Entry<Activated, InboundWorker> one : workers.entrySet()) {
                if (one.getKey().spec() == spec) {
                    return one.getValue().isTransacted();
                }
            }
            return true;
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GooseResourceAdapter that
                && settings.equals(that.settings)
                && xaDurability.equals(that.xaDurability);
    }

    @Override
    public int hashCode() {
        return 31 * settings.hashCode() + xaDurability.hashCode();
    }
}
