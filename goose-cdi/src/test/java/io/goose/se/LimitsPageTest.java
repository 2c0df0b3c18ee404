package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.EnqueueRejectedException;
import io.goose.GooseClient;
import io.goose.GooseConfigurationException;
import io.goose.Job;
import io.goose.Limited;
import io.goose.admin.Limit;
import io.goose.admin.LimitAdmin;
import io.goose.admin.LimitScope;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The examples of the page about limits: when they change, so does {@code docs/limits.md}. */
class LimitsPageTest {

    static class Mailer {
        @Job(queue = "mail")
        @Limited(concurrent = 10, rate = 100)
        public void send(String to) {}
    }

    static class Imports {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final Semaphore gate = new Semaphore(0);

        @Job(queue = "imports", key = "{0}")
        @Limited(concurrent = 3, eachKey = true)
        public void load(String customer, long file) throws InterruptedException {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            gate.acquire();
            running.decrementAndGet();
            ended.incrementAndGet();
        }
    }

    static class Lost {
        @Limited(concurrent = 1)
        public void nobodyRunsThis() {}
    }

    static class Loose {
        @Job(retryQueue = "elsewhere")
        @Limited(concurrent = 1)
        public void elsewhere() {}

        @Job
        @Limited
        public void nothing() {}

        @Job(key = "{1}")
        public void tooFew(String one) {}
    }

    private static GooseBuilder builder() {
        return Goose.builder()
                .config("goose.broker.main.kind", "memory")
                .config("goose.worker.queues", "default,mail,imports")
                .config("goose.worker.threads", "8")
                .config("goose.limits", "mail:queue:500/s,imports:key:2+100/s");
    }

    @Test
    void theExamples_doWhatThePageSays() {
        Imports imports = new Imports();
        try (Goose main =
                builder().register(new Mailer()).register(imports).build().start()) {
            LimitAdmin limits = main.limitAdmin().by("night shift");
            LimitScope mails = LimitScope.handler(Mailer.class.getName() + "#send");
            Limit each = Limit.concurrent(2).andRate(100, Duration.ofSeconds(1));
            Eventually.until(
                    "what is declared is set, the configuration's before the annotation's",
                    () -> limits.of("imports").equals(Map.of(LimitScope.eachKey(), each))
                            && limits.of("mail").containsKey(mails));
            assertThat(limits.of("mail"))
                    .containsEntry(mails, Limit.concurrent(10).andRate(100, Duration.ofSeconds(1)))
                    .containsEntry(LimitScope.queue(), Limit.rate(500, Duration.ofSeconds(1)));

            GooseClient goose = main.client();
            for (long file = 1; file <= 6; file++) {
                goose.performAsync(Imports::load, "acme", file);
            }
            goose.with(o -> o.key("other")).performAsync(Imports::load, "acme", 7L);

            Eventually.until("two of acme's and the other run", () -> imports.running.get() == 3);
            assertThat(limits.running("imports", LimitScope.key("acme"))).isEqualTo(2);
            limits.set("imports", LimitScope.key("acme"), Limit.concurrent(4));
            Eventually.until("four of acme's run", () -> imports.running.get() == 5);
            try (LogCapture log = LogCapture.open()) {
                limits.set("mail", LimitScope.queue(), Limit.concurrent(20).andRate(500, Duration.ofSeconds(1)));
                limits.by("ann").set("mail", LimitScope.key("acme"), Limit.rate(2, Duration.ofMinutes(1)));
                assertThat(limits.remove("mail", LimitScope.queue())).isTrue();
                assertThat(log.ownMessages())
                        .containsExactly(
                                "INFO GOOSE-2291: the limit of queue 'mail' of broker 'main' is now 20 at a time and 500 begun in"
                                        + " PT1S; by night shift",
                                "INFO GOOSE-2291: the limit of KEY(acme) in queue 'mail' of broker 'main' is now 2 begun in"
                                        + " PT1M; by ann",
                                "INFO GOOSE-2291: the limit of queue 'mail' of broker 'main' is now none; by night shift");
            }
            imports.gate.release(7);
            Eventually.until("all have run", () -> imports.ended.get() == 7);
            assertThat(imports.most.get()).isEqualTo(5);
            Eventually.until("no permit is left", () -> limits.running("imports", LimitScope.queue()) == 0);

            assertThatThrownBy(() -> goose.with(o -> o.queue("imports")).performAsync(Mailer::send, "a@b"))
                    .isInstanceOf(EnqueueRejectedException.class)
                    .hasMessageContaining("GOOSE-4141")
                    .hasMessageContaining("'mail'");
            assertThatThrownBy(() -> limits.running("imports", LimitScope.eachKey()))
                    .hasMessageContaining("GOOSE-4140");
        }
    }

    @Test
    void whatCannotBeLimitedIsSaidAtOnce() {
        assertThatThrownBy(() ->
                        builder().register(new Lost()).register(new Loose()).build())
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining("GOOSE-2294")
                .hasMessageContaining("retryQueue='elsewhere'")
                .hasMessageContaining("limits nothing")
                .hasMessageContaining("made of 2 arguments");
        assertThatThrownBy(() -> builder()
                        .config("goose.limits", "mail:queue:0,mail:100/s,a b:key:3,mail:key:3,mail:key:4")
                        .build())
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining("'mail:queue:0'")
                .hasMessageContaining("'mail:100/s'")
                .hasMessageContaining("'a b:key:3'")
                .hasMessageContaining("twice");
    }
}
