package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Cron;
import io.goose.CronEntry;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.admin.CronAdmin;
import io.goose.engine.Eventually;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The examples of the page about recurring jobs: when they change, so does {@code docs/cron.md}. */
class CronPageTest {

    static class Digest {
        @Job(queue = "mail")
        @Cron(value = "0 3 * * MON-FRI", zone = "Europe/Paris")
        public void build() {}
    }

    static class Reports {
        private final List<String> sent;

        Reports(List<String> sent) {
            this.sent = sent;
        }

        @Job(name = "reports.send")
        public void send(String tenant) {
            sent.add(tenant);
        }

        @Job(name = "reports.rebuild")
        public void rebuild() {}
    }

    @Test
    void theExamples_doWhatThePageSays() {
        List<String> sent = new CopyOnWriteArrayList<>();
        try (Goose main = Goose.builder()
                .config("goose.brokers", "main,reports")
                .config("goose.broker.main.kind", "memory")
                .config("goose.broker.reports.kind", "memory")
                .register(new Digest())
                .register(new Reports(sent))
                .build()
                .start()) {
            GooseClient goose = main.client();
            String tenant = "acme";
            CronEntry entry = CronEntry.named("rebuild").schedule("@weekly").zone("Europe/Paris");

            goose.performEvery(
                    CronEntry.named("report of " + tenant).schedule("0 6 1 * *").zone("Europe/Paris"),
                    Reports::send,
                    tenant);
            goose.via("reports").with(o -> o.queue("slow").maxRetries(2)).performEvery(entry, Reports::rebuild);

            CronAdmin crons = main.cronAdmin();
            String digest = Digest.class.getName() + "#build";
            Eventually.until("the digest is registered", () -> crons.size() == 2);
            assertThat(crons.list(0, 100))
                    .extracting(cron -> cron.entry().name())
                    .containsExactly(digest, "report of acme");
            assertThat(crons.find(digest).orElseThrow().call().queue()).isEqualTo("mail");
            assertThat(crons.nextTicks(digest, 5)).hasSize(5);
            assertThat(crons.pause(digest)).isTrue();
            assertThat(crons.resume(digest)).isTrue();
            assertThat(crons.runNow("report of acme")).isPresent();
            Eventually.until("the report is sent", () -> sent.equals(List.of("acme")));
            assertThat(crons.delete(digest)).isTrue();
            assertThat(main.cronAdmin("reports")
                            .find("rebuild")
                            .orElseThrow()
                            .call()
                            .queue())
                    .isEqualTo("slow");
        }
    }
}
