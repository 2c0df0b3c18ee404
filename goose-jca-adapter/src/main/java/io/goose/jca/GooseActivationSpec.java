package io.goose.jca;

import io.goose.QueueNames;
import io.goose.engine.worker.WorkerSettings;
import jakarta.resource.cci.MessageListener;
import jakarta.resource.spi.Activation;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.ConfigProperty;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;
import java.beans.IntrospectionException;
import java.beans.PropertyDescriptor;
import java.io.Serializable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From which broker and queues a message-driven bean gets jobs, and how many at a time. What it does not say of the broker the
 * adapter's own properties say.
 *
 * <p>Set up by the container before it is used; not thread-safe.
 */
@Activation(messageListeners = MessageListener.class)
public final class GooseActivationSpec implements ActivationSpec, Serializable {

    private static final long serialVersionUID = 1;

    private static final int DEFAULT_THREADS = 5;
    private static final int MOST_THREADS = 1_000;
    private static final int MOST_WEIGHT = 1_000;
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(20);
    private static final Duration LONGEST_GRACE = Duration.ofHours(1);

    private final Settings settings = new Settings();
    private String queues = "";
    private @Nullable Integer threads;
    private String grace = "";
    private String xaDurability = "";
    private transient @Nullable ResourceAdapter adapter;

    /** For the container. */
    public GooseActivationSpec() {}

    /**
     * What a valid one says.
     *
     * @param queues with their weights
     * @param grace how long a stop waits for running jobs
     * @param durability of what the transactions of deliveries prepare
     */
    record Inbound(
            Settings broker, Map<String, Integer> queues, int threads, Duration grace, XaDurability durability) {}

    public String getUrl() {
        return settings.get("url");
    }

    /** As that of a connection factory; that of the adapter if it is not set. */
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

    public String getQueues() {
        return queues;
    }

    /** The queues with their weights, {@code critical:5,default:2,low}; {@code default} if it is not set. */
    @ConfigProperty
    public void setQueues(String value) {
        queues = value;
    }

    public @Nullable Integer getThreads() {
        return threads;
    }

    /** How many jobs run at a time, 1 to 1000; 5 if it is not set. */
    @ConfigProperty
    public void setThreads(Integer value) {
        threads = value;
    }

    public String getGrace() {
        return grace;
    }

    /** How long a stop waits for running jobs before it interrupts them, {@code PT0S} to {@code PT1H}; {@code PT20S} if it is not set. */
    @ConfigProperty
    public void setGrace(String value) {
        grace = value;
    }

    public String getXaDurability() {
        return xaDurability;
    }

    /**
     * For a bean whose deliveries are in transactions: {@code strict} leases nothing where the servers may forget in a crash what those have prepared, {@code relaxed} accepts
     * that; what the adapter says if it is not set.
     */
    @ConfigProperty
    public void setXaDurability(String value) {
        xaDurability = value.strip();
    }

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter value) {
        adapter = value;
    }

    /** Names every property that is wrong. One that the adapter may say is not missing before the adapter is known. */
    @Override
    public void validate() throws InvalidPropertyException {
        Map<String, String> problems = new TreeMap<>();
        read(problems);
        if (!problems.isEmpty()) {
            InvalidPropertyException all = new InvalidPropertyException(
                    "GOOSE-3190: a message-driven bean of goose-jca-adapter is not set up as it must be: "
                            + String.join("; ", problems.values()));
            all.setInvalidPropertyDescriptors(descriptors(problems.keySet()));
            throw all;
        }
    }

    private static PropertyDescriptor[] descriptors(Set<String> names) {
        try {
            PropertyDescriptor[] all = new PropertyDescriptor[names.size()];
            int i = 0;
            for (String name : names) {
                all[i++] = new PropertyDescriptor(name, GooseActivationSpec.class);
            }
            return all;
        } catch (IntrospectionException impossible) {
            throw new IllegalStateException("a property has no getter or no setter", impossible);
        }
    }

    /** What it says, once it is valid. */
    Inbound read() throws InvalidPropertyException {
        validate();
        return read(new TreeMap<>());
    }

    private Inbound read(Map<String, String> problems) {
        Settings broker = adapter instanceof GooseResourceAdapter known ? settings.over(known.settings()) : settings;
        boolean mayBeSaidYet = adapter == null && settings.get("url").isEmpty();
        List<String> ofBroker =
                mayBeSaidYet ? List.of() : Brokers.problems(broker, WorkerSettings.Times.DEFAULT.heartbeat());
        if (!ofBroker.isEmpty()) {
            boolean isUrl = ofBroker.get(0).startsWith("url ");
            problems.put(isUrl ? "url" : "settings", String.join("; ", ofBroker));
        }
        broker.namespaceProblem().ifPresent(problem -> problems.put("namespace", problem));
        return new Inbound(broker, weights(problems), threads(problems), grace(problems), durability(problems));
    }

    private XaDurability durability(Map<String, String> problems) {
        String ofAdapter = adapter instanceof GooseResourceAdapter known ? known.getXaDurability() : "";
        String said = xaDurability.isEmpty() ? ofAdapter : xaDurability;
        Optional<XaDurability> durability = said.isEmpty() ? Optional.of(XaDurability.STRICT) : XaDurability.of(said);
        if (durability.isEmpty()) {
            problems.put("xaDurability", XaDurability.problem(said));
        }
        return durability.orElse(XaDurability.STRICT);
    }

    private int threads(Map<String, String> problems) {
        Integer wanted = threads;
        if (wanted != null && (wanted < 1 || wanted > MOST_THREADS)) {
            problems.put("threads", "threads=" + wanted + " cannot be used; write 1 to " + MOST_THREADS);
        }
        return wanted == null ? DEFAULT_THREADS : wanted;
    }

    private Duration grace(Map<String, String> problems) {
        if (grace.isBlank()) {
            return DEFAULT_GRACE;
        }
        try {
            Duration wanted = Duration.parse(grace.strip());
            if (!wanted.isNegative() && wanted.compareTo(LONGEST_GRACE) <= 0) {
                return wanted;
            }
        } catch (DateTimeParseException none) {
            // Said below, as one that is too long.
        }
        problems.put("grace", "grace='" + grace + "' cannot be used; write PT0S to " + LONGEST_GRACE);
        return DEFAULT_GRACE;
    }

    private Map<String, Integer> weights(Map<String, String> problems) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        Set<String> wrong = new TreeSet<>();
        for (String entry : (queues.isBlank() ? QueueNames.DEFAULT : queues).split(",", -1)) {
            String[] parts = entry.strip().split(":", -1);
            String name = parts[0].strip();
            String weight = parts.length == 1 ? "1" : parts[1].strip();
            boolean isWeight = weight.matches("\\d{1,4}")
                    && Integer.parseInt(weight) >= 1
                    && Integer.parseInt(weight) <= MOST_WEIGHT;
            if (parts.length > 2 || !isWeight) {
                wrong.add("'" + entry.strip()
                        + "', where queue:weight or the queue alone is expected, with a weight of 1 to " + MOST_WEIGHT);
            } else if (QueueNames.problem(name).isPresent()) {
                wrong.add("'" + entry.strip() + "', which is no queue name: "
                        + QueueNames.problem(name).get());
            } else if (weights.put(name, Integer.valueOf(weight)) != null) {
                wrong.add("'" + name + "' twice; keep one of them");
            }
        }
        if (!wrong.isEmpty()) {
            problems.put("queues", "queues='" + queues + "' has " + String.join(", and ", wrong));
        }
        return weights;
    }
}
