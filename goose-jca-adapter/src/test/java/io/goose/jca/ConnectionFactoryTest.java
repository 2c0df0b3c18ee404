package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.broker.jca.CallRecord;
import io.goose.spi.BrokerSettings;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.TransactionSupport.TransactionSupportLevel;
import jakarta.resource.spi.security.PasswordCredential;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void aLoginOfTheContainers_replacesThatOfTheProperties_andNothingElse() {
        Settings settings = new Settings();
        settings.put("url", "redis://x");
        settings.put("username", "configured");
        settings.put("password", "configured");
        settings.namespace("shop");
        settings.further("timeout=PT2S");

        Settings given = settings.as("given", "");

        assertThat(given.properties())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("url", "redis://x", "username", "given", "password", "", "timeout", "PT2S"));
        assertThat(given.namespace()).isEqualTo("shop");
        assertThat(settings.get("username")).isEqualTo("configured");
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
                "redis://x; dead.max=0; dead.max='0'; from 1 to 100000000",
                "redis://x; dead.max-age=long; dead.max-age='long'; PT1H to PT876000H",
                "amqp://x; dedupe.retention=PT0S; dedupe.retention='PT0S'; PT1M to PT168H",
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

    /** A brace of it would change what Redis takes for the slot of a key. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "my shop",
                "shop{a}",
                "shop:a",
                ".shop",
                "123456789.123456789.123456789.123456789.123456789.123456789.12345"
            })
    void aNamespaceThatNoApplicationMayHave_isNamedWithTheMend(String namespace) {
        GooseManagedConnectionFactory factory = factory("redis://x");
        factory.setNamespace(namespace);

        assertThatThrownBy(() -> factory.createManagedConnection(null, null))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining("GOOSE-3169")
                .hasMessageContaining("namespace='" + namespace + "'")
                .hasMessageContaining("1 to 64 of");
    }

    @Test
    void aMessage_namesKeysAsTheyAreHere_andNothingThatMayBeASecret() {
        GooseManagedConnectionFactory factory = factory("redis://x");
        factory.setSettings("pool.max=1;tls.password=open;sesame");

        assertThatThrownBy(() -> factory.createManagedConnection(null, null))
                .hasMessageContaining("an entry without a value; write key=value")
                .hasMessageContaining(": pool.max='1'")
                .hasMessageNotContaining("goose.broker")
                .hasMessageNotContaining("open")
                .hasMessageNotContaining("sesame");
    }

    @Test
    void whatIsKeptAndForHowLong_isSetHere() {
        Settings settings = new Settings();
        settings.further("dead.max=5;dead.max-age=P2D;dedupe.retention=PT3H;timeout=PT1S");

        BrokerSettings broker = settings.of(settings.properties());

        assertThat(broker.dead()).isEqualTo(new BrokerSettings.DeadRetention(5, Duration.ofDays(2)));
        assertThat(broker.dedupeRetention()).isEqualTo(Duration.ofHours(3));
        assertThat(broker.properties()).containsOnlyKeys("timeout");
        assertThat(new Settings().of(Map.of()).dead())
                .isEqualTo(new BrokerSettings.DeadRetention(100_000, Duration.ofDays(90)));
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
    void distributedTransactions_needABrokerThatKeepsTheirBranches() throws ResourceException {
        GooseManagedConnectionFactory redis = factory(NOBODY);
        assertThat(redis.getTransactionSupport()).isEqualTo(TransactionSupportLevel.NoTransaction);
        redis.setTransactions("xa");
        assertThat(redis.getTransactionSupport()).isEqualTo(TransactionSupportLevel.XATransaction);
        ManagedConnection connection = redis.createManagedConnection(null, null);
        assertThat(connection.getXAResource())
                .isSameAs(connection.getXAResource())
                .satisfies(resource -> assertThat(resource.isSameRM(
                                redis.createManagedConnection(null, null).getXAResource()))
                        .isTrue());
        assertThat(connection.getLocalTransaction())
                .as("which some servers want")
                .isNotNull();
        GooseManagedConnectionFactory rabbit = factory("amqp://127.0.0.1:1");
        rabbit.setTransactions("xa");

        assertThatThrownBy(() -> rabbit.createManagedConnection(null, null))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("GOOSE-3216");
        redis.setXaDurability("some");
        assertThatThrownBy(() -> redis.createManagedConnection(null, null))
                .hasMessageContaining("xaDurability='some'")
                .hasMessageContaining("strict or relaxed");
        ManagedConnection none = factory(NOBODY).createManagedConnection(null, null);
        assertThatThrownBy(none::getXAResource).isInstanceOf(NotSupportedException.class);
        none.destroy();
        connection.destroy();
    }

    /** WildFly recovers nothing without a login, and has the archive's descriptor say one. */
    @Test
    void theLoginOfTheRecovery_canBeThatOfTheProperties() throws ResourceException {
        GooseManagedConnectionFactory factory = factory(NOBODY);
        ManagedConnection own = factory.createManagedConnection(null, null);

        assertThat(factory.matchManagedConnections(Set.of(own), subject(factory, "as-configured"), null))
                .isSameAs(own);
        own.destroy();
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
