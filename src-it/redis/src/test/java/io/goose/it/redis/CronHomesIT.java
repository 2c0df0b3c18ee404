package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.spi.CronLedger;
import io.goose.spi.CronLedger.Change;
import io.goose.spi.CronLedger.Due;
import io.goose.spi.CronLedger.Kept;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** In which queues there are recurring jobs: what a process has read of it is used again for a while. */
final class CronHomesIT extends FaultTest {

    private static final Pattern LISTED = Pattern.compile("cmdstat_hgetall:calls=(\\d+)");

    @Test
    void whatIsDeclaredWhileTheQueuesAreRead_isDueAtOnce() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        FaultyProxy proxy = later(FaultyProxy.inFrontOf(server));
        CronLedger crons = brokerAt(proxy.host(), proxy.port()).crons();
        Kept entry = new Kept("digest", QUEUE, "definition", "state", crons.now(), Kept.nextVersion(null));
        int before = listed(server);
        proxy.delayReplies(Duration.ofSeconds(1));
        CompletableFuture<Due> read = CompletableFuture.supplyAsync(() -> crons.due(10));
        eventually("the queues are read", () -> listed(server) > before);
        proxy.delayReplies(Duration.ZERO);

        assertThat(crons.apply(List.of(new Change(null, entry, List.of())))).containsExactly(true);

        read.get(60, TimeUnit.SECONDS);
        assertThat(crons.due(10).entries()).containsExactly(entry);
    }

    private static int listed(RedisServer server) {
        try {
            Matcher calls = LISTED.matcher(String.valueOf(server.call("INFO", "commandstats")));
            return calls.find() ? Integer.parseInt(calls.group(1)) : 0;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
