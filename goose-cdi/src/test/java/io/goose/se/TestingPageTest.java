package io.goose.se;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.goose.Job;
import io.goose.admin.QueueStats;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example of the page about testing: when it changes, so does {@code docs/testing.md}. */
class TestingPageTest {

    static class Mailer {
        private final Consumer<String> smtp;

        Mailer(Consumer<String> smtp) {
            this.smtp = smtp;
        }

        @Job(queue = "mail")
        void sendWelcome(String to, long userId) {
            smtp.accept(to);
        }
    }

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final Goose goose = Goose.builder()
            .config("goose.broker.main.kind", "memory")
            .config("goose.worker.queues", "mail,default")
            .register(new Mailer(sent::add))
            .build();

    @AfterEach
    void close() {
        goose.close();
    }

    @Test
    void aNewUser_isWelcomed() throws InterruptedException {
        goose.client().performAsync(Mailer::sendWelcome, "ann@example.org", 7L);
        goose.start();
        awaitEmpty("mail");
        assertEquals(List.of("ann@example.org"), sent);
        assertEquals(0, goose.admin().stats("mail").dead());
    }

    private void awaitEmpty(String queue) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (QueueStats now = goose.admin().stats(queue);
                now.waiting() + now.running() + now.scheduled() > 0;
                now = goose.admin().stats(queue)) {
            if (System.nanoTime() - end > 0) {
                fail("still there after 60 s: " + now);
            }
            Thread.sleep(5);
        }
    }
}
