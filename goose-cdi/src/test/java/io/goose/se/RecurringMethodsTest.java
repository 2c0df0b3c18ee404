package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Cron;
import io.goose.CronEntry;
import io.goose.CronEntry.Missed;
import io.goose.CronEntry.Overlap;
import io.goose.GooseConfigurationException;
import io.goose.Job;
import io.goose.admin.StoredCron;
import io.goose.engine.Eventually;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class RecurringMethodsTest {

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

    private static GooseBuilder memory() {
        return Goose.builder().config("goose.broker.main.kind", "memory");
    }

    interface Reports {
        @Job(name = "reports.weekly")
        @Cron(value = "@weekly", zone = "UTC")
        void weekly();
    }

    static class Mailer implements Reports {
        private final BlockingQueue<String> ran;

        Mailer(BlockingQueue<String> ran) {
            this.ran = ran;
        }

        @Job(name = "mailer.poll", queue = "default")
        @Cron("* * * * * *")
        void poll() {
            ran.add("poll");
        }

        @Job(name = "mailer.digest", queue = "mail")
        @Cron(
                value = "0 3 * * *",
                zone = "Europe/Paris",
                missed = Missed.ALL,
                most = 7,
                overlap = Overlap.SKIP,
                jitter = "PT30S")
        @Cron(name = "evening", value = "0 19 * * MON-FRI", zone = "Europe/Paris")
        void digest() {
            ran.add("digest");
        }

        @Override
        public void weekly() {
            ran.add("weekly");
        }
    }

    @Test
    void annotatedMethods_recurWhereAWorkerIs() {
        try (Goose goose = memory().register(new Mailer(ran)).build().start()) {
            assertThat(Eventually.next(ran)).isEqualTo("poll");
            assertThat(Eventually.next(ran)).isEqualTo("poll");

            assertThat(goose.cronAdmin().list(0, 10))
                    .extracting(cron -> cron.entry().name())
                    .containsExactly("evening", "mailer.digest", "mailer.poll", "reports.weekly");
            StoredCron digest = goose.cronAdmin("main").find("mailer.digest").orElseThrow();
            assertThat(digest.entry())
                    .isEqualTo(CronEntry.named("mailer.digest")
                            .schedule("0 3 * * *")
                            .zone("Europe/Paris")
                            .missedAll(7)
                            .overlap(Overlap.SKIP)
                            .jitter(Duration.ofSeconds(30)));
            assertThat(digest.call()).isEqualTo(new StoredCron.Call("mailer.digest", "[]", "mail"));
            assertThat(goose.cronAdmin().find("evening").orElseThrow().call().handler())
                    .isEqualTo("mailer.digest");
        }
    }

    @Test
    void anApplicationThatOnlyEnqueues_registersNothing() {
        try (Goose goose = memory().config("goose.worker.enabled", "false")
                .register(new Mailer(ran))
                .build()
                .start()) {
            goose.client().performEvery(CronEntry.named("by hand").schedule("@daily"), Mailer::digest);

            assertThat(goose.cronAdmin().list(0, 10))
                    .extracting(cron -> cron.entry().name())
                    .containsExactly("by hand");
        }
    }

    static class Elsewhere {
        private final BlockingQueue<String> ran;

        Elsewhere(BlockingQueue<String> ran) {
            this.ran = ran;
        }

        @Job(name = "elsewhere")
        @Cron(value = "* * * * * *", broker = "reports")
        void tick() {
            ran.add("elsewhere");
        }
    }

    private Goose withReports(String workers) {
        return memory().config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .config("goose.worker.enabled", workers)
                .config("goose.broker.reports.worker.queues", "default")
                .register(new Elsewhere(ran))
                .build()
                .start();
    }

    @Test
    void annotatedMethods_recurOnTheBrokerTheyName() {
        try (Goose goose = withReports("true")) {
            assertThat(Eventually.next(ran)).isEqualTo("elsewhere");
            assertThat(Eventually.next(ran)).isEqualTo("elsewhere");

            assertThat(goose.cronAdmin("reports").find("elsewhere")).isPresent();
            assertThat(goose.cronAdmin().size()).isZero();
        }
    }

    @Test
    void whereThatBrokerHasNoWorker_nothingIsRegistered() {
        try (Goose goose = withReports("false")) {
            assertThat(goose.cronAdmin("reports").size()).isZero();
        }
    }

    @Test
    void aBrokerThatIsNotThere_isRefused() {
        Goose goose = memory().register(new Elsewhere(ran)).build();

        assertThatThrownBy(goose::start)
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining(
                        "GOOSE-2320: job io.goose.se.RecurringMethodsTest$Elsewhere#tick() has a @Cron for"
                                + " broker 'reports', which is not in goose.brokers=main; add it there or name one of these");
        goose.close();
    }

    static class Mistaken {
        @Job(name = "parameters")
        @Cron("@daily")
        void parameters(String to) {}

        @Cron("@daily")
        void noJob() {}

        @Job(name = "schedule")
        @Cron("every day")
        void schedule() {}

        @Job(name = "never")
        @Cron("0 0 31 6 *")
        void never() {}

        @Job(name = "zone")
        @Cron(value = "@daily", zone = "Mars/Olympus")
        void zone() {}

        @Job(name = "jitter")
        @Cron(value = "@daily", jitter = "30s")
        void jitter() {}

        @Job(name = "most")
        @Cron(value = "@daily", most = 0)
        void most() {}

        @Job(name = "twice")
        @Cron("@daily")
        @Cron("@weekly")
        void twice() {}
    }

    @Test
    void allMistakes_areReportedTogether() {
        GooseBuilder builder = memory().register(new Mistaken());

        assertThatThrownBy(builder::build)
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContainingAll(
                        "GOOSE-2227: job io.goose.se.RecurringMethodsTest$Mistaken#parameters(String) has @Cron and parameters",
                        "GOOSE-2228: io.goose.se.RecurringMethodsTest$Mistaken#noJob has @Cron, but is no job",
                        "GOOSE-2221: cron entry 'schedule' has the schedule 'every day'",
                        "(the @Cron of io.goose.se.RecurringMethodsTest$Mistaken#schedule())",
                        "GOOSE-2223: cron entry 'never' has the schedule '0 0 31 6 *', which never comes",
                        "GOOSE-2222: cron entry 'zone' has the zone 'Mars/Olympus'",
                        "GOOSE-2224: '30s' is no jitter",
                        "GOOSE-2225: cron entry 'most' is to make up for 0 missed ticks",
                        "GOOSE-2229: job io.goose.se.RecurringMethodsTest$Mistaken#twice() has a @Cron of the name 'twice'");
    }
}
