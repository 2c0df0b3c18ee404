package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** Asks the Sentinels, one after the other, where the primary is. They are asked when the known one fails: no watching. */
final class SentinelLocator implements PrimaryTopology.Locator {

    private final Connector connector;
    private final List<HostAndPort> sentinels;
    private final String master;

    SentinelLocator(Connector connector, List<HostAndPort> sentinels, String master) {
        this.connector = connector;
        this.sentinels = List.copyOf(sentinels);
        this.master = master;
    }

    @Override
    public HostAndPort locate() throws RedisFault {
        List<String> failures = new ArrayList<>();
        boolean refused = false;
        for (HostAndPort sentinel : sentinels) {
            try {
                return ask(sentinel);
            } catch (RedisFault fault) {
                failures.add(sentinel + ": " + fault.getMessage());
                refused |= fault.kind() == Kind.REFUSED;
            }
        }
        throw new RedisFault(
                refused ? Kind.REFUSED : Kind.UNREACHABLE,
                "no Sentinel knows the primary '" + master + "' (" + String.join("; ", failures) + ")",
                null);
    }

    private HostAndPort ask(HostAndPort sentinel) throws RedisFault {
        Connection connection = connector.connect(sentinel);
        try {
            Object reply = connection.executeCommand(new CommandArguments(Command.SENTINEL)
                    .add("GET-MASTER-ADDR-BY-NAME")
                    .add(master));
            if (reply instanceof List<?> address
                    && address.size() == 2
                    && address.get(0) instanceof byte[] host
                    && address.get(1) instanceof byte[] port) {
                return new HostAndPort(
                        new String(host, StandardCharsets.UTF_8),
                        Integer.parseInt(new String(port, StandardCharsets.US_ASCII)));
            }
            throw new RedisFault(Kind.UNREACHABLE, "it does not know it", null);
        } catch (JedisException failure) {
            throw RedisFault.connecting(failure);
        } finally {
            Connector.discard(connection);
        }
    }
}
