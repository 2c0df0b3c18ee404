package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueChange;
import io.goose.admin.QueueChange.Kind;
import io.goose.admin.QueueChangeListener;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told of changes in queues, in a container. */
class QueueChangeEventTest {

    static final List<QueueChange> OBSERVED = new CopyOnWriteArrayList<>();
    static final List<QueueChange> TOLD = new CopyOnWriteArrayList<>();

    @ApplicationScoped
    static class Mailer {
        @Job
        void send(String to) {}
    }

    @ApplicationScoped
    static class Audit {
        void changed(@Observes QueueChange change) {
            OBSERVED.add(change);
        }
    }

    @ApplicationScoped
    static class Listener implements QueueChangeListener {
        @Override
        public void onChange(QueueChange change) {
            TOLD.add(change);
        }
    }

    @BeforeEach
    void forget() {
        OBSERVED.clear();
        TOLD.clear();
    }

    private static JobId purge(Class<?>... beans) {
        try (TestApplication app = TestApplication.with(beans)
                .config("goose.worker.enabled", "false")
                .start()) {
            JobId id = app.get(GooseClient.class).performAsync(Mailer::send, "ann");
            assertThat(app.get(QueueAdmin.class).by("ann").delete("default", Place.WAITING, List.of(id)))
                    .containsExactly(id);
            return id;
        }
    }

    @Test
    void observersAndListenersAreTold() {
        JobId id = purge(Mailer.class, Audit.class, Listener.class);

        assertThat(OBSERVED).hasSize(1).isEqualTo(TOLD);
        QueueChange change = OBSERVED.get(0);
        assertThat(change.kind()).isEqualTo(Kind.DELETED);
        assertThat(change.broker()).isEqualTo("main");
        assertThat(change.ids()).containsExactly(id);
        assertThat(change.by()).isEqualTo("ann");
    }

    @Test
    void nobodyNeedsToObserve() {
        purge(Mailer.class);

        assertThat(OBSERVED).isEmpty();
    }
}
