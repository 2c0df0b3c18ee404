package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BatchOptions;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobRun;
import io.goose.admin.BatchAdmin;
import io.goose.engine.Eventually;
import io.goose.job.BatchId;
import io.goose.job.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The examples of the page about batches: when they change, so does {@code docs/batches.md}. */
class BatchesPageTest {

    record User(String email, long id) {}

    static class Mailer {
        private final List<String> sent;
        private final AtomicReference<Goose> here;

        Mailer(List<String> sent, AtomicReference<Goose> here) {
            this.sent = sent;
            this.here = here;
        }

        @Job
        public void sendWelcome(String to, long userId) {
            sent.add(to);
            if (userId == 2) {
                JobRun run = here.get().currentRun();
                GooseClient goose = here.get().client();
                goose.batch(run.batch().orElseThrow()).add(JobCall.of(Mailer::sendWelcome, "late@example.org", 7L));
            }
        }
    }

    static class Digest {
        private final List<String> told;

        Digest(List<String> told) {
            this.told = told;
        }

        @Job
        public void done(String batchId, String status) {
            told.add(batchId + " " + status);
        }
    }

    @Test
    void theExamples_doWhatThePageSays() {
        List<String> sent = new CopyOnWriteArrayList<>();
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicReference<Goose> here = new AtomicReference<>();
        try (Goose main = Goose.builder()
                .config("goose.broker.main.kind", "memory")
                .register(new Mailer(sent, here))
                .register(new Digest(told))
                .build()) {
            here.set(main.start());
            GooseClient goose = main.client();
            List<User> users = List.of(new User("a@example.org", 1), new User("b@example.org", 2));

            BatchId id = goose.performBatch(
                    b -> b.onComplete(Digest::done).linger(Duration.ofHours(1)),
                    users.stream().map(x -> JobCall.of(Mailer::sendWelcome, x.email(), x.id())));

            Eventually.until("the digest is told", () -> told.equals(List.of(id + " success")));
            assertThat(sent).containsExactlyInAnyOrder("a@example.org", "b@example.org", "late@example.org");
            BatchStatus status = goose.batch(id).status().orElseThrow();
            long percent = 100L * status.counts().ended() / status.counts().total();
            assertThat(percent).isEqualTo(100);
            assertThat(goose.batch(id).cancel()).isFalse();

            BatchId known = BatchId.draw(Instant.now());
            goose.performBatch(
                    b -> b.id(known).onComplete(Digest::done).runIn(Duration.ofHours(2)),
                    List.of(JobCall.of(Mailer::sendWelcome, "c@example.org", 3L)));
            BatchAdmin batches = main.batchAdmin();
            assertThat(batches.list(0, 10)).extracting(BatchStatus::id).contains(known, id);
            assertThat(batches.cancel(known)).isTrue();
            Eventually.until("the digest is told of that too", () -> told.contains(known + " cancelled"));
            assertThat(batches.delete(known)).isTrue();
        }
    }

    @Test
    void batchesInBatches_areWaitedFor() {
        List<String> sent = new CopyOnWriteArrayList<>();
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicReference<Goose> here = new AtomicReference<>();
        try (Goose main = Goose.builder()
                .config("goose.broker.main.kind", "memory")
                .register(new Mailer(sent, here))
                .register(new Digest(told))
                .register(new Adder(here))
                .build()) {
            here.set(main.start());
            GooseClient goose = main.client();
            List<JobCall> welcomes = List.of(JobCall.of(Mailer::sendWelcome, "a@example.org", 1L));
            List<JobCall> reminders = List.of(JobCall.of(Adder::more, "b@example.org"));

            BatchId all = goose.performBatch(
                    b -> b.onSuccess(Digest::done)
                            .batch(welcome -> welcome.onComplete(Digest::done), welcomes)
                            .batch(BatchOptions.NONE, reminders),
                    List.of());

            Eventually.until("the digest is told of all", () -> told.contains(all + " success"));
            assertThat(sent).containsExactlyInAnyOrder("a@example.org", "b@example.org");
            assertThat(told).hasSize(2);
            BatchStatus status = goose.batch(all).status().orElseThrow();
            assertThat(status.counts()).isEqualTo(new BatchStatus.Counts(2, 0, 2, 0, 0));
        }
    }

    static class Adder {
        private final AtomicReference<Goose> here;

        Adder(AtomicReference<Goose> here) {
            this.here = here;
        }

        @Job
        public void more(String to) {
            JobRun run = here.get().currentRun();
            GooseClient goose = here.get().client();
            List<JobCall> more = List.of(JobCall.of(Mailer::sendWelcome, to, 1L));
            goose.batch(run.batch().orElseThrow()).addBatch(b -> b.onDead(Digest::done), more);
        }
    }
}
