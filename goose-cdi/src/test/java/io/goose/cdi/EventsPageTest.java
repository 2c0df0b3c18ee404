package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.event.BrokerLost;
import io.goose.event.JobDied;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the page about events: when they change, so does {@code docs/events.md}. */
@Timeout(60)
class EventsPageTest {

    @ApplicationScoped
    static class Pager {
        private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();

        public void send(String text) {
            sent.add(text);
        }

        public String next() {
            return Eventually.next(sent);
        }
    }

    @ApplicationScoped
    static class Alarms {
        @Inject
        Pager pager;

        void died(@ObservesAsync JobDied death) {
            String what = death.handler().orElse("a job that kills its workers");
            pager.send(what + " died: " + death.id() + " on broker " + death.broker());
        }

        void away(@ObservesAsync BrokerLost lost) {
            pager.send("broker " + lost.broker() + " cannot be reached: " + lost.cause());
        }
    }

    @ApplicationScoped
    static class Shop {
        @Job(name = "ship", maxRetries = 0)
        void ship() {
            throw new IllegalStateException("no truck");
        }
    }

    @Test
    void theExamples_doWhatThePageSays() {
        try (LogCapture log = LogCapture.open();
                TestApplication app = TestApplication.with(Shop.class, Alarms.class, Pager.class)
                        .start()) {
            JobId id = app.get(GooseClient.class).performAsync(Shop::ship);
            Pager pager = app.get(Pager.class);

            assertThat(pager.next()).isEqualTo("ship died: " + id + " on broker main");
            assertThat(log.count("GOOSE-4105")).isEqualTo(1);

            BrokerLost lost = new BrokerLost("main", new BrokerUnavailableException("refused", null));
            Firing.fire(app.get(BeanManager.class), BrokerLost.class, lost);
            assertThat(pager.next())
                    .startsWith("broker main cannot be reached: ")
                    .endsWith("refused");
        }
    }
}
