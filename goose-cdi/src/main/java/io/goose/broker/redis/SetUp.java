package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Looks at a server before jobs are entrusted to it: whether it evicts keys, what its configuration makes of the wished
 * durability, and whether it is the primary. Thread-safe.
 */
final class SetUp implements Node.Inspector {

    private static final Logger LOG = System.getLogger(SetUp.class.getPackageName());
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\d+)\\.(\\d+)");

    private final String broker;
    private final RedisSettings settings;
    private final Map<String, String> said;

    /**
     * @param said what was said already of servers, which is added to
     */
    SetUp(String broker, RedisSettings settings, Map<String, String> said) {
        this.broker = broker;
        this.settings = settings;
        this.said = said;
    }

    @Override
    public void each(Node node, Connection connection) throws RedisFault {
        if (settings.mode() != RedisSettings.Mode.SENTINEL) {
            return;
        }
        Object reply = connection.executeCommand(Command.ROLE);
        if (!(reply instanceof List<?> role)
                || !(role.get(0) instanceof byte[] name)
                || !new String(name, StandardCharsets.US_ASCII).equals("master")) {
            throw new RedisFault(Kind.NOT_NOW, node + " is not the primary", null);
        }
    }

    @Override
    public @Nullable Barrier first(Node node, Connection connection) throws RedisFault {
        Map<String, String> config = new HashMap<>();
        for (String name : new String[] {"maxmemory-policy", "appendonly", "appendfsync"}) {
            String value = read(connection, name);
            if (value != null) {
                config.put(name, value);
            }
        }
        refuseEviction(node, config.get("maxmemory-policy"));
        boolean always = "yes".equals(config.get("appendonly")) && "always".equals(config.get("appendfsync"));
        boolean waitsForDisk = settings.durability().level() == Durability.Level.FSYNC && !always;
        if (waitsForDisk) {
            if ("no".equals(config.get("appendonly")) || !canWaitForDisk(connection)) {
                throw new RedisFault(
                        Kind.REFUSED,
                        "GOOSE-3031: broker '" + broker + "' asks for durability=fsync, which " + node
                                + " cannot give: that needs appendonly=yes with appendfsync=always, or Redis 7.2, where it has"
                                + " appendonly=" + config.getOrDefault("appendonly", "(not readable)")
                                + " and appendfsync="
                                + config.getOrDefault("appendfsync", "(not readable)")
                                + "; change the server, allow 'CONFIG GET' to the user, or lower goose.broker." + broker
                                + ".durability",
                        null);
            }
        }
        report(node, config);
        long millis = Math.max(1, settings.timeout().toMillis() * 4 / 5); // it answers before the read is given up
        if (settings.durability().level() == Durability.Level.REPLICAS) {
            return Barrier.replicas(settings.durability().replicas(), millis);
        }
        return waitsForDisk ? Barrier.disk(millis) : null;
    }

    /** Says what was found, and again when it has changed. */
    private void report(Node node, Map<String, String> config) {
        String found = "appendonly=" + config.getOrDefault("appendonly", "(not readable)") + ", appendfsync="
                + config.getOrDefault("appendfsync", "(not readable)");
        if (found.equals(said.put(broker + ' ' + node + ' ' + settings.durability(), found))) {
            return;
        }
        LOG.log(
                Level.INFO,
                "GOOSE-3030: broker ''{0}'' uses Redis at {1} with durability={2}: {3}",
                broker,
                node,
                settings.durability(),
                found);
        if (config.get("maxmemory-policy") == null) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3033: cannot read maxmemory-policy of {0} for broker ''{1}'': with any other value than noeviction"
                            + " jobs are lost; allow ''CONFIG GET'' to the user (ACL SETUSER … +config|get) or make sure that"
                            + " it is noeviction",
                    node,
                    broker);
        }
    }

    private void refuseEviction(Node node, @Nullable String policy) throws RedisFault {
        if (policy != null && !policy.equals("noeviction")) {
            throw new RedisFault(
                    Kind.REFUSED,
                    "GOOSE-3032: broker '" + broker + "' cannot use " + node + ": with maxmemory-policy=" + policy
                            + " it deletes jobs when memory is short; set maxmemory-policy noeviction",
                    null);
        }
    }

    /** A value of the server's configuration; null if reading it is forbidden. */
    private static @Nullable String read(Connection connection, String name) throws RedisFault {
        try {
            Object reply = connection.executeCommand(
                    new CommandArguments(Command.CONFIG).add("GET").add(name));
            return reply instanceof List<?> pair && pair.size() == 2 && pair.get(1) instanceof byte[] value
                    ? new String(value, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT)
                    : null;
        } catch (JedisDataException refused) {
            if (RedisFault.answered(refused).kind() == Kind.NOT_NOW) {
                throw RedisFault.answered(refused);
            }
            return null; // forbidden, or renamed away by the operator: reported by the caller
        }
    }

    private static boolean canWaitForDisk(Connection connection) {
        try {
            Object reply = connection.executeCommand(new CommandArguments(Command.INFO).add("server"));
            Matcher version =
                    VERSION.matcher(reply instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : "");
            return version.find()
                    && (Integer.parseInt(version.group(1)) > 7
                            || (Integer.parseInt(version.group(1)) == 7 && Integer.parseInt(version.group(2)) >= 2));
        } catch (JedisDataException forbidden) {
            return false;
        }
    }
}
