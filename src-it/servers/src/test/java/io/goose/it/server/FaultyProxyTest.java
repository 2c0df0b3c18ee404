package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyProxyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Predicate<RespRequest> INCR = FaultyProxyTest::isIncr;

    private static RedisServer redis;
    private FaultyProxy proxy;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.startAny();
    }

    @AfterAll
    static void endRedis() {
        redis.close();
    }

    @BeforeEach
    void startProxy() throws IOException {
        redis.call("FLUSHALL");
        proxy = FaultyProxy.inFrontOf(redis);
    }

    @AfterEach
    void endProxy() {
        proxy.close();
    }

    private static boolean isIncr(RespRequest request) {
        return request.command().equals("INCR");
    }

    private RespClient connect() throws IOException {
        return RespClient.connect(proxy.host(), proxy.port(), PATIENCE);
    }

    @Test
    void withoutFault_everythingPassesUnchanged() throws IOException {
        String large = "x".repeat(3_000_000);
        try (RespClient client = connect()) {
            assertThat(client.call("SET", "large", large)).isEqualTo("OK");
            assertThat(client.call("GET", "large")).isEqualTo(large);
            assertThat(client.call("GET", "absent")).isNull();
            assertThat(client.list("MGET", "absent", "large")).containsExactly(null, large);
            assertThatThrownBy(() -> client.call("NO-SUCH")).isInstanceOf(RespException.class);
        }
    }

    @Test
    void resp3_passes_andItsPushesDoNotCountAsReplies() throws Exception {
        try (Socket socket = new Socket(proxy.host(), proxy.port())) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            InputStream in = socket.getInputStream();
            talk(socket, "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n");
            talk(socket, "*3\r\n$6\r\nCLIENT\r\n$8\r\nTRACKING\r\n$2\r\non\r\n");
            talk(socket, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
            readUntil(in, "+OK\r\n_\r\n");
            redis.call("SET", "k", "changed");
            readUntil(in, ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n");

            Fault cut = proxy.cutReply(Occurrence.next(INCR));
            talk(socket, "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n");

            cut.await(PATIENCE);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(redis.call("GET", "n")).isEqualTo("1");
        }
    }

    private static void talk(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
    }

    private static void readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int next = in.read();
            assertThat(next).as("read so far: %s", text).isNotNegative();
            text.append((char) next);
        }
    }

    @Test
    void pipeline_keepsItsOrder() throws IOException {
        try (RespClient client = connect()) {
            for (int i = 0; i < 1_000; i++) {
                client.send("INCR", "n");
            }
            for (long i = 1; i <= 1_000; i++) {
                assertThat(client.receive()).isEqualTo(i);
            }
        }
    }

    @Test
    void cutReply_executesTheRequestAndLosesItsReply() throws Exception {
        Fault cut = proxy.cutReply(Occurrence.next(INCR));
        try (RespClient client = connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> client.call("INCR", "n")).isInstanceOf(EOFException.class);
        }
        cut.await(PATIENCE);
        assertThat(cut.times()).isEqualTo(1);
        assertThat(redis.call("GET", "n")).isEqualTo("1");
        try (RespClient client = connect()) {
            assertThat(client.call("INCR", "n")).isEqualTo(2L);
        }
    }

    @Test
    void cutReply_hitsTheOneReplyInAPipeline() throws Exception {
        Fault cut = proxy.cutReply(Occurrence.nth(3, INCR));
        try (RespClient client = connect()) {
            for (int i = 0; i < 5; i++) {
                client.send("INCR", "n");
            }
            assertThat(client.receive()).isEqualTo(1L);
            assertThat(client.receive()).isEqualTo(2L);
            assertThatThrownBy(client::receive).isInstanceOf(IOException.class);
        }
        cut.await(PATIENCE);
        assertThat(Integer.parseInt((String) redis.call("GET", "n"))).isGreaterThanOrEqualTo(3);
    }

    @Test
    void cutRequest_neverReachesTheServer() throws Exception {
        Fault cut = proxy.cutRequest(Occurrence.next(request -> request.mentions("{mail}")));
        try (RespClient client = connect()) {
            assertThat(client.call("INCR", "other")).isEqualTo(1L);
            assertThatThrownBy(() -> client.call("INCR", "{mail}:n")).isInstanceOf(EOFException.class);
        }
        cut.await(PATIENCE);
        assertThat(redis.call("EXISTS", "{mail}:n")).isEqualTo(0L);
    }

    /** What must come has as long; what must not come costs as much. */
    private static final Duration READ = Duration.ofSeconds(2);

    @Test
    void holdRequest_keepsItFromTheServer_andTheClientWaits_untilTheConnectionIsGivenUp() throws Exception {
        Fault held = proxy.holdRequest(Occurrence.nth(2, INCR));
        try (RespClient client = RespClient.connect(proxy.host(), proxy.port(), READ);
                RespClient other = connect()) {
            client.send("INCR", "n");
            client.send("INCR", "n");
            client.send("INCR", "n");
            assertThat(client.receive()).isEqualTo(1L);
            held.await(PATIENCE);
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
            assertThat(redis.call("GET", "n")).isEqualTo("1");
            proxy.normal();
            assertThatThrownBy(() -> client.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
            assertThat(other.call("INCR", "n")).isEqualTo(2L);
        }
        assertThat(held.times()).isEqualTo(1);
    }

    @Test
    void holdReply_executesTheRequest_andTheClientWaits() throws Exception {
        Fault held = proxy.holdReply(Occurrence.nth(2, INCR));
        try (RespClient client = RespClient.connect(proxy.host(), proxy.port(), READ);
                RespClient other = connect()) {
            client.send("INCR", "n");
            client.send("INCR", "n");
            assertThat(client.receive()).isEqualTo(1L);
            held.await(PATIENCE);
            assertThat(redis.call("GET", "n")).isEqualTo("2");
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> client.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
            assertThat(other.call("INCR", "n")).isEqualTo(3L);
        }
    }

    @Test
    void cutEverySecondReply_overManyConnections_losesNoExecution() throws Exception {
        int calls = 1_000;
        Fault cut = proxy.cutReply(Occurrence.every(2, INCR));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> results = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            results.add(threads.submit(() -> countReplies(calls / 4)));
        }
        int replies = 0;
        for (Future<Integer> result : results) {
            replies += result.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();

        cut.await(calls / 2, PATIENCE);
        assertThat(replies).isEqualTo(calls / 2);
        assertThat(redis.call("GET", "n")).isEqualTo(String.valueOf(calls));
        cut.lift();
        assertThat(countReplies(10)).isEqualTo(10);
    }

    private int countReplies(int calls) throws IOException {
        int replies = 0;
        for (int i = 0; i < calls; i++) {
            try (RespClient client = connect()) {
                client.call("INCR", "n");
                replies++;
            } catch (EOFException lost) {
                assertThat(lost).hasMessageContaining("ended before a reply");
            }
        }
        return replies;
    }

    @Test
    void failingPredicate_failsTheWait() throws IOException {
        Fault cut = proxy.cutReply(Occurrence.next(request -> {
            throw new IllegalArgumentException("planted");
        }));
        try (RespClient client = connect()) {
            assertThatThrownBy(() -> client.call("PING")).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> cut.await(PATIENCE)).hasRootCauseMessage("planted");
        proxy.normal();
        try (RespClient client = connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void blackhole_swallowsBothWays_andNormalHealsNewConnectionsOnly() throws IOException {
        assertThat(redis.call("SET", "n", "1")).isEqualTo("OK");
        try (RespClient old = RespClient.connect(proxy.host(), proxy.port(), Duration.ofMillis(300))) {
            Polling.until("it is open", PATIENCE, () -> proxy.connections() == 1);
            proxy.blackhole();
            assertThatThrownBy(() -> old.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
            proxy.normal();
            assertThatThrownBy(() -> old.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
        }
        try (RespClient client = connect()) {
            assertThat(client.call("INCR", "n")).isEqualTo(2L);
        }
    }

    @Test
    void blackholeOfReplies_letsTheServerExecute() throws IOException {
        try (RespClient client = RespClient.connect(proxy.host(), proxy.port(), Duration.ofMillis(300))) {
            proxy.blackholeReplies();
            assertThatThrownBy(() -> client.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
            Polling.until("the server has executed it", PATIENCE, () -> "1".equals(redis.call("GET", "n")));
        }
    }

    @Test
    void delay_holdsRepliesBack() throws IOException {
        Duration delay = Duration.ofMillis(150);
        try (RespClient client = connect()) {
            proxy.delayReplies(delay);
            long before = System.nanoTime();
            client.send("PING");
            client.send("PING");
            assertThat(client.receive()).isEqualTo("PONG");
            assertThat(client.receive()).isEqualTo("PONG");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(delay, PATIENCE);

            proxy.delayReplies(Duration.ZERO);
            assertThat(client.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void refusal_concernsNewConnections_untilNormal() throws IOException {
        try (RespClient client = connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");
            proxy.refuse();
            proxy.refuse();
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThat(client.call("PING")).isEqualTo("PONG");
            proxy.normal();
            try (RespClient next = connect()) {
                assertThat(next.call("PING")).isEqualTo("PONG");
                assertThat(proxy.connections()).isEqualTo(2);
            }
        }
    }

    @Test
    void cutAll_endsOpenConnections() throws IOException {
        try (RespClient client = connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");
            proxy.cutAll();
            assertThatThrownBy(() -> client.call("PING")).isInstanceOf(IOException.class);
            assertThat(proxy.connections()).isZero();
        }
    }

    @Test
    void serverThatGoesAndComes_isSeenThroughTheProxy() throws IOException {
        try (RedisServer own = RedisServer.startAny();
                FaultyProxy before = FaultyProxy.inFrontOf(own)) {
            try (RespClient client = RespClient.connect(before.host(), before.port(), PATIENCE)) {
                assertThat(client.call("PING")).isEqualTo("PONG");
                own.kill();
                assertThatThrownBy(() -> client.call("PING")).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> RespClient.connect(before.host(), before.port(), PATIENCE)
                            .call("PING"))
                    .isInstanceOf(IOException.class);
            own.start();
            try (RespClient client = RespClient.connect(before.host(), before.port(), PATIENCE)) {
                assertThat(client.call("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    void tls_passesUnread() throws IOException {
        TlsFiles files = TlsFiles.create();
        try (RedisServer secure = Redis.any().server().tls(files).start();
                FaultyProxy before = FaultyProxy.inFrontOf(secure);
                RespClient client = RespClient.connect(
                        files.clientContext().getSocketFactory(), before.host(), before.port(), PATIENCE)) {
            assertThat(client.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void closedProxy_refusesAndSaysSo() {
        proxy.close();
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThatThrownBy(proxy::normal).hasMessageContaining("is closed");
    }
}
