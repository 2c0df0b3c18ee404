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
    private final transient Map<Activated, InboundWorker> workers = new ConcurrentHashMap<>();
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

    @Override
    public void start(BootstrapContext context) {
        works = context.getWorkManager();
    }

    @Override
    public void stop() {
        for (Activated activated : List.copyOf(workers.keySet())) { // the container has deactivated them, most often
            deactivate(activated);
        }
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
        if (endpoint.isTransacted()) {
            throw new NotSupportedException(
                    "GOOSE-3195: " + endpoint.name() + " has its deliveries in a transaction, which would be that of"
                            + " every job; extend io.goose.mdb.JobsBean, and let no"
                            + " descriptor give onMessage another transaction attribute than"
                            + " NotSupported");
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

    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[0]; // deliveries have no transaction
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GooseResourceAdapter that && settings.equals(that.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }
}
