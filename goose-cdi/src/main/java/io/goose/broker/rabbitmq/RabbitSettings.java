package io.goose.broker.rabbitmq;

import io.goose.broker.net.ConnectionReader.Host;
import io.goose.broker.net.ConnectionReader.Login;
import io.goose.broker.net.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a RabbitMQ and what to make there; checked values.
 *
 * @param hosts the nodes; at least one
 * @param login who logs in; {@code guest} where nothing is said
 * @param passwordFile read at each connection, instead of a password; null for none
 * @param tls null for plain connections
 * @param type of the queues where jobs wait
 * @param window how many jobs may be on their way to the broker at a time
 * @param times how long things may take
 * @param connectionName what connections are called in RabbitMQ's own tools
 */
record RabbitSettings(
        List<Host> hosts,
        String virtualHost,
        Login login,
        @Nullable Path passwordFile,
        @Nullable TlsSettings tls,
        QueueType type,
        int window,
        Times times,
        String connectionName) {

    /** The kind of the queues where jobs wait; what is delayed is in quorum queues always. */
    enum QueueType {
        QUORUM,
        CLASSIC;

        /** What RabbitMQ calls it. */
        String code() {
            return this == QUORUM ? "quorum" : "classic";
        }
    }

    /**
     * How long things may take.
     *
     * @param answer of the broker to a request
     * @param connect to make a connection
     * @param send until a job is confirmed
     * @param consumer RabbitMQ's own {@code consumer_timeout}, half of which no delivery stays open
     */
    record Times(Duration answer, Duration connect, Duration send, Duration consumer) {}

    RabbitSettings {
        hosts = List.copyOf(hosts);
    }

    /** Where this leads, with no credentials. */
    String describe() {
        return (tls == null ? "amqp" : "amqps") + "://"
                + hosts.stream().map(Host::toString).collect(Collectors.joining(","))
                + (virtualHost.equals("/") ? "" : "/" + virtualHost);
    }

    /** Names no credentials. */
    @Override
    public String toString() {
        return describe();
    }
}
