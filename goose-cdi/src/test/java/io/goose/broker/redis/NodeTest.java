package io.goose.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.PoolUse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/** Connections that are kept, before a server that answers PING and HELLO, or does not. */
class NodeTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 8;

    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger inspections = new AtomicInteger();
    private volatile int silent; // how many of the first connections do not answer any more
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket socket = server.accept();
                accepted.add(socket);
                int number = accepted.size();
                daemon(() -> answer(socket, number));
            }
        });
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void daemon(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException closed) {
                // the end of the test, or of a connection
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void answer(Socket socket, int number) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("2")) { // of HELLO 2
                socket.getOutputStream().write("*2\r\n+proto\r\n:2\r\n".getBytes(StandardCharsets.US_ASCII));
            } else if (line.equals("PING")) {
                if (number <= silent) {
                    unanswered.incrementAndGet();
                } else {
                    socket.getOutputStream().write("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }

    private Node node(Duration timeout) {
        RedisSettings settings = new RedisSettings(
                RedisSettings.Mode.STANDALONE,
                List.of(new HostAndPort("127.0.0.1", server.getLocalPort())),
                0,
                null,
                null,
                null,
                null,
                CONNECTIONS,
                timeout,
                timeout,
                timeout,
                Durability.MEMORY);
        Node.Inspector inspector = new Node.Inspector() {
            @Override
            public @Nullable Barrier first(Node node, Connection connection) {
                inspections.incrementAndGet();
                return null;
            }

            @Override
            public void each(Node node, Connection connection) {
                // nothing to see
            }
        };
        return new Node(settings.nodes().get(0), Connector.toServers(settings), inspector, settings, now::get);
    }

    private static void borrowAndGiveBack(Node node, int count) throws RedisFault {
        List<Node.Lent> lent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lent.add(node.borrow());
        }
        lent.forEach(one -> node.giveBack(one.connection()));
    }

    @Test
    void idleConnectionsThatAreDead_costOneTimeoutTogether() throws Exception {
        Node node = node(Duration.ofSeconds(2));
        borrowAndGiveBack(node, CONNECTIONS);
        silent = CONNECTIONS;
        now.addAndGet(TimeUnit.SECONDS.toNanos(16));

        Node.Lent lent = node.borrow();

        assertThat(lent.reused()).isFalse();
        assertThat(unanswered).hasValue(1);
        node.giveBack(lent.connection());
        node.close();
    }

    @Test
    void whatIsBorrowed_isInUseUntilItIsGivenBackOrThrownAway() throws Exception {
        Node node = node(TIMEOUT);
        Node.Lent first = node.borrow();
        Node.Lent second = node.borrow();
        assertThat(node.use()).isEqualTo(new PoolUse(2, CONNECTIONS));
        node.giveBack(first.connection());
        assertThat(node.use()).isEqualTo(new PoolUse(1, CONNECTIONS));
        node.throwAway(second.connection());
        assertThat(node.use()).isEqualTo(new PoolUse(0, CONNECTIONS));
        node.close();
    }

    @Test
    void idleConnectionsThatAnswer_areUsedAgain_andTheServerIsNotInspectedAgain() throws Exception {
        Node node = node(TIMEOUT);
        borrowAndGiveBack(node, 3);
        now.addAndGet(TimeUnit.SECONDS.toNanos(16));

        borrowAndGiveBack(node, 3);

        assertThat(accepted).hasSize(3);
        assertThat(inspections).hasValue(1);
        node.close();
    }

    @Test
    void aConnectionIsCut_theServerIsInspectedAgain() throws Exception {
        Node node = node(TIMEOUT);
        node.throwAway(node.borrow().connection());

        borrowAndGiveBack(node, 1);

        assertThat(inspections).hasValue(2);
        node.close();
    }
}
