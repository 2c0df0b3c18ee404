package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RabbitMqIT {

    private static final long CONFIRM_MILLIS = 20_000;

    private static Connection connect(RabbitNode node) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(node.uri());
        return factory.newConnection();
    }

    private static void publish(Channel channel, String queue, String text) throws Exception {
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, text.getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
    }

    private static String take(RabbitNode node, String queue) throws Exception {
        try (Connection connection = connect(node)) {
            GetResponse message = connection.createChannel().basicGet(queue, true);
            return message == null ? "" : new String(message.getBody(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void killedNode_keepsWhatItConfirmed_atTheSamePort() throws Exception {
        try (RabbitCluster rabbit = RabbitMq.start()) {
            RabbitNode node = rabbit.node();
            try (Connection connection = connect(node);
                    Channel channel = connection.createChannel()) {
                channel.queueDeclare("kept", true, false, false, Map.of());
                channel.confirmSelect();
                publish(channel, "kept", "hello");
            }
            node.control("eval", "mnesia:sync_log()."); // what is known of queues goes to disk later than messages do
            node.kill();
            assertThat(node.isRunning()).isFalse();
            node.start();

            assertThat(take(node, "kept")).isEqualTo("hello");
        }
    }

    @Test
    void operatorsCommand_isCarriedOut_andItsFailureTold() {
        try (RabbitCluster rabbit = RabbitMq.start("heartbeat = 17")) {
            assertThat(rabbit.node().control("eval", "application:get_env(rabbit, heartbeat)."))
                    .contains("17");
            assertThatThrownBy(() -> rabbit.node().control("no_such_command"))
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageContaining("no_such_command");
        }
    }

    @Test
    void quorumQueue_survivesTheDeathOfANode() throws Exception {
        try (RabbitCluster rabbit = RabbitMq.cluster(3)) {
            RabbitNode first = rabbit.node();
            assertThat(first.control("cluster_status", "--formatter", "json"))
                    .contains(rabbit.nodes().stream().map(RabbitNode::name).toList());
            try (Connection connection = connect(first);
                    Channel channel = connection.createChannel()) {
                channel.queueDeclare("shared", true, false, false, Map.of("x-queue-type", "quorum"));
                channel.confirmSelect();
                publish(channel, "shared", "hello");
            }
            first.kill();

            RabbitNode other = rabbit.nodes().get(1);
            Polling.until("another node leads the queue", Duration.ofSeconds(60), () -> other.control(
                            "list_queues", "leader", "--no-table-headers")
                    .matches("n[23]@localhost"));
            assertThat(take(other, "shared")).isEqualTo("hello");

            first.start();
            assertThat(first.control("list_queues", "name", "--no-table-headers"))
                    .contains("shared");
        }
    }

    @Test
    void closedCluster_leavesNothing() {
        RabbitCluster rabbit = RabbitMq.start();
        int port = rabbit.node().port();
        Path home =
                Path.of(rabbit.node().control("eval", "os:getenv(\"HOME\").").replace("\"", ""));
        assertThat(home).isDirectory();
        ProcessHandle[] children = ProcessHandle.current().descendants().toArray(ProcessHandle[]::new);
        assertThat(children).isNotEmpty();

        rabbit.close();

        assertThat(FreePorts.isFree(port)).isTrue();
        assertThat(Files.exists(home)).isFalse();
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
}
