package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.admin.JobFilter;
import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueChange;
import io.goose.job.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example of the page about looking at queues: it is the one in {@code docs/admin.md}. */
class AdminPageTest {

    static class Mailer {
        @Job(queue = "mail")
        void sendWelcome(String to, long userId) {}
    }

    // page
    static class MailDesk {
        private final QueueAdmin admin;

        MailDesk(QueueAdmin admin) {
            this.admin = admin;
        }

        /** A customer waits: her mails first. */
        int hurry(String address) {
            List<JobId> hers = ids(Place.WAITING, JobFilter.ANY.argument(address));
            return admin.by("mail desk").prioritise("mail", Place.WAITING, hers).size();
        }

        /** The mail server is back: what died of it runs again, but not what is older than a day. */
        long sendAgain(Instant now) {
            admin.deleteDeadUntil("mail", now.minus(Duration.ofDays(1)));
            return admin.replayAll("mail", Place.DEAD);
        }

        /** Nobody wants these any more. */
        void forget(String address) {
            for (Place place : List.of(Place.WAITING, Place.SCHEDULED, Place.DEAD)) {
                admin.delete("mail", place, ids(place, JobFilter.ANY.argument(address)));
            }
        }

        boolean isBehind() {
            return admin.latency("mail").compareTo(Duration.ofMinutes(5)) > 0;
        }

        private List<JobId> ids(Place place, JobFilter filter) {
            return admin.search("mail", place, filter, 1000).stream()
                    .map(stored -> stored.job().id())
                    .toList();
        }
    }

    // end

    private final List<QueueChange> changes = new CopyOnWriteArrayList<>();
    private final Goose goose = Goose.builder()
            .config("goose.broker.main.kind", "memory")
            .queueChangeListener(changes::add)
            .register(new Mailer())
            .build();

    @AfterEach
    void close() {
        goose.close();
    }

    @Test
    void theExampleDoesWhatThePageSays() {
        goose.client().performAsync(Mailer::sendWelcome, "ann@example.org", 1L);
        JobId bob = goose.client().performAsync(Mailer::sendWelcome, "bob@example.org", 2L);
        MailDesk desk = new MailDesk(goose.admin());

        assertThat(desk.hurry("bob@example.org")).isEqualTo(1);
        assertThat(goose.admin().list("mail", Place.WAITING, 0, 1).get(0).job().id())
                .isEqualTo(bob);
        assertThat(desk.isBehind()).isFalse();
        assertThat(desk.sendAgain(Instant.now())).isZero();
        desk.forget("bob@example.org");

        assertThat(goose.admin().stats("mail").waiting()).isEqualTo(1);
        assertThat(changes).extracting(QueueChange::by).containsExactly("mail desk", null);
    }

    @Test
    void thePageHasThisExample() throws Exception {
        String own = Files.readString(Path.of("src/test/java/io/goose/se/AdminPageTest.java"));
        String example = own.substring(own.indexOf("    // page\n") + 12, own.indexOf("\n    // end"))
                .replaceFirst("static class", "class");

        assertThat(Files.readString(Path.of("..", "docs", "admin.md")))
                .contains(example.stripTrailing().stripIndent().strip());
    }
}
