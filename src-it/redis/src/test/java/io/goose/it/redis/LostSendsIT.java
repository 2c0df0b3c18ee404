package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Fault;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.spi.Broker;
import io.goose.spi.SendResult;
import io.goose.tck.ReplyCutter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R29: a send that was carried out, whose answer is lost, and whose repetition meets another fault. */
final class LostSendsIT extends FaultTest {

    private RedisServer server;
    private FaultyProxy proxy;
    private Broker broker;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
        proxy = later(FaultyProxy.inFrontOf(server));
        broker = brokerAt(proxy.host(), proxy.port());
        sendSome(broker, 1); // its connection is used again, so a lost answer is asked for at once
    }

    private Fault cutNextSend() {
        return proxy.cutReply(Occurrence.next(RedisUnderTest.which(ReplyCutter.Request.SEND)));
    }

    @Test
    void theRepetitionCannotConnect_theSendMayHaveBeenCarriedOut() {
        proxy.refuse();
        cutNextSend();

        SendResult result = sendOne(broker);

        assertThat(result).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                .isTrue());
        proxy.normal();
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(2);
    }

    @Test
    void theRepetitionCannotConnectForAWhile_theSendIsAnsweredAfterwards() {
        proxy.refuse();
        cutNextSend();

        CompletableFuture<SendResult> result = CompletableFuture.supplyAsync(() -> sendOne(broker));
        pause(500);
        proxy.normal();

        assertThat(result.join()).isInstanceOf(SendResult.Accepted.class);
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(2);
    }

    @Test
    void theRepetitionIsRefused_theSendMayHaveBeenCarriedOut() throws Exception {
        server.call("ACL", "SETUSER", "goose", "on", ">worker", "~*", "&*", "+@all");
        Broker second = broker(Map.of(
                "url", "redis://" + proxy.host() + ":" + proxy.port(), "username", "goose", "password", "worker"));
        sendSome(second, 1);
        server.call("ACL", "SETUSER", "goose", "resetpass", ">changed");
        proxy.cutReply(Occurrence.next(RedisUnderTest.which(ReplyCutter.Request.SEND)));

        assertThat(sendOne(second)).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isTrue();
            assertThat(unknown.cause()).hasMessageStartingWith("GOOSE-3012");
        });
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(3);
    }
}
