package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.broker.jca.CallRecord;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.security.PasswordCredential;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container does with the connection factory, without a broker: nothing here connects before it is called. */
final class ConnectionFactoryTest {

    private static final String NOBODY = "redis://127.0.0.1:1";

    private static GooseManagedConnectionFactory factory(String url) {
        GooseManagedConnectionFactory factory = new GooseManagedConnectionFactory();
        factory.setUrl(url);
        return factory;
    }

    private static Subject subject(GooseManagedConnectionFactory factory, String user) {
        PasswordCredential credential = new PasswordCredential(user, "secret".toCharArray());
        credential.setManagedConnectionFactory(factory);
        return new Subject(false, Set.of(), Set.of(), Set.of(credential));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; ''; url; is not set",
                "'http://x'; ''; 'http'; rediss",
                "redis://x; poolmax=3; 'poolmax'; pool.max",
                "redis://x; timeout; 'timeout'; timeout=value",
                "redis://x; pool.max=1; pool.max; 2",
                "amqp://x; durability=fsync; 'durability'; queue-type",
            })
    void aWrongProperty_isNamedWithTheMend(String url, String settings, String name, String mend) {
        GooseManagedConnectionFactory factory = factory(url);
        factory.setSettings(settings);

        assertThatThrownBy(() -> factory.createManagedConnection(null, null))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining("GOOSE-3169")
                .hasMessageContaining(name)
                .hasMessageContaining(mend);
    }

    @Test
    void aConnection_isGivenToWhoeverHasTheSameLogin() throws ResourceException {
        GooseManagedConnectionFactory factory = factory(NOBODY);
        ManagedConnection own = factory.createManagedConnection(null, null);
        ManagedConnection anns = factory.createManagedConnection(subject(factory, "ann"), null);
        Set<ManagedConnection> pool = new LinkedHashSet<>(List.of(own, anns));

        assertThat(factory.matchManagedConnections(pool, subject(factory, "ann"), null))
                .isSameAs(anns);
        assertThat(factory.matchManagedConnections(pool, null, null)).isSameAs(own);
        assertThat(factory.matchManagedConnections(pool, subject(factory, "bob"), null))
                .isNull();
        assertThat(factory.getInvalidConnections(pool))
                .as("nobody listens there")
                .hasSize(2);
        own.destroy();
        anns.destroy();
    }

    @Test
    void factories_areTheSame_ifTheirPropertiesAre() {
        GooseManagedConnectionFactory other = factory(NOBODY);
        other.setSettings("timeout=PT2S");

        assertThat(factory(NOBODY)).isEqualTo(factory(NOBODY)).hasSameHashCodeAs(factory(NOBODY));
        assertThat(factory(NOBODY)).isNotEqualTo(other);
    }

    @Test
    void aHandleThatWasClosed_orWhosePoolTookItBack_saysSo() throws ResourceException {
        GooseManagedConnectionFactory factory = factory(NOBODY);
        ManagedConnection managed = factory.createManagedConnection(null, null);
        Connection closed = (Connection) managed.getConnection(null, null);
        Connection taken = (Connection) managed.getConnection(null, null);
        closed.close();
        closed.close();
        managed.cleanup();

        assertThatThrownBy(closed::createInteraction).hasMessageContaining("was closed");
        assertThatThrownBy(taken::createInteraction).hasMessageContaining("was closed");
        managed.destroy();
    }

    @Test
    void withoutAContainer_aConnectionIsMadeForEachUse_andAnswersEvenWithoutItsBroker() throws ResourceException {
        ConnectionFactory connections = (ConnectionFactory) factory(NOBODY).createConnectionFactory();
        Connection connection = connections.getConnection();

        Map<?, ?> reply = (Map<?, ?>) connection
                .createInteraction()
                .execute(null, new CallRecord(Map.of("v", 1, "on", "broker", "call", "check/0", "args", List.of())));

        assertThat(reply.get("error")).isEqualTo("BrokerUnavailableException");
        assertThat(connection.getMetaData().getEISProductName()).contains("127.0.0.1:1");
        connection.close();
        assertThatThrownBy(() -> new GooseConnectionFactory().getConnection()).hasMessageContaining("container");
    }
}
