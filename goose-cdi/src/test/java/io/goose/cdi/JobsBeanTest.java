package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Job;
import io.goose.broker.jca.Deliveries;
import io.goose.engine.Eventually;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.mdb.JobsBean;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.resource.cci.MappedRecord;
import jakarta.resource.cci.MessageListener;
import jakarta.resource.cci.Record;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bean of the page about the resource adapter, as the adapter calls it. */
@Timeout(60)
class JobsBeanTest {

    private static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    private final List<String> asked = new CopyOnWriteArrayList<>();

    @MessageDriven(messageListenerInterface = MessageListener.class)
    public static class ShopJobs extends JobsBean {}

    @ApplicationScoped
    static class Mailer {
        @Job
        public void send(String to) {
            RUNS.add(to);
        }

        @Job(maxRetries = 3)
        public void fail(String how) {
            throw new IllegalStateException(how);
        }
    }

    private static TestApplication application() {
        return TestApplication.with(Mailer.class)
                .config("goose.worker.enabled", "false")
                .config("goose.cancel.grace", "PT7S")
                .start();
    }

    private static Lease lease(String method, String argument) {
        JobId id = JobId.random();
        Envelope envelope = Envelope.builder(
                        id,
                        Mailer.class.getName() + '#' + method,
                        "default",
                        Json.createArrayBuilder().add(argument).build(),
                        Instant.EPOCH)
                .build();
        return new Lease(
                new QueuedJob("default", id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH), 1, false);
    }

    /** What the bean answers to a record that is made with a function for the answer. */
    private static Map<?, ?> answer(Function<Consumer<Map<?, ?>>, MappedRecord<?, ?>> record) throws Exception {
        AtomicReference<@Nullable Map<?, ?>> answer = new AtomicReference<>();
        MessageListener bean = new ShopJobs();
        bean.onMessage(record.apply(answer::set));
        return Objects.requireNonNull(answer.get(), "an answer before the bean returns");
    }

    private Optional<Settlement> run(Lease lease) throws Exception {
        Map<?, ?> answer = answer(to -> Deliveries.job(
                lease,
                (question, argument) -> {
                    asked.add(question);
                    return null;
                },
                to));
        return Deliveries.settlement(answer, lease);
    }

    @Test
    void itSaysWhatTheApplicationCanRun() throws Exception {
        try (TestApplication app = application()) {
            Deliveries.Abilities abilities = Deliveries.abilities(answer(Deliveries::question));

            assertThat(abilities.announced())
                    .contains("handler:" + Mailer.class.getName() + "#send", "enc:json", "v:1");
            assertThat(abilities.cancelGrace()).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void aJob_isRunByTheApplication_andItsOutcomeAnswered() throws Exception {
        try (TestApplication app = application()) {
            Lease lease = lease("send", "ann");

            Settlement end = run(lease).orElseThrow();

            assertThat(Eventually.next(RUNS)).isEqualTo("ann");
            assertThat(end.outcome()).isEqualTo(Outcome.Done.INSTANCE);
            assertThat(end.lease()).isEqualTo(lease);
            assertThat(asked).contains("isCancelled", "bodyBegins", "bodyEnded", "isLost");
        }
    }

    @Test
    void aFailure_isAnsweredAsARetry_byTheApplicationsRules() throws Exception {
        try (TestApplication app = application()) {
            Outcome outcome = run(lease("fail", "as told")).orElseThrow().outcome();

            assertThat(outcome).isInstanceOfSatisfying(Outcome.Retry.class, retry -> {
                assertThat(retry.next().attempt()).isEqualTo(2);
                assertThat(retry.queue()).isEqualTo("default");
            });
        }
    }

    @Test
    void anApplicationThatHasStopped_runsNothing_andSaysSoInItsAnswer() throws Exception {
        application().close();

        assertThatThrownBy(() -> run(lease("send", "late"))).isInstanceOf(IllegalStateException.class);
        assertThat(RUNS).isEmpty();
    }

    @Test
    void whatIsNotTheAdapters_isRefused() {
        assertThatThrownBy(() -> new ShopJobs().onMessage(new AnyRecord()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GOOSE-3192");
    }

    /** A container that began a transaction for each delivery would begin one around each job. */
    @Test
    void deliveries_haveNoTransaction() throws NoSuchMethodException {
        TransactionAttribute attribute =
                JobsBean.class.getMethod("onMessage", Record.class).getAnnotation(TransactionAttribute.class);

        assertThat(attribute.value()).isEqualTo(TransactionAttributeType.NOT_SUPPORTED);
    }

    private static final class AnyRecord implements Record {
        private static final long serialVersionUID = 1;

        @Override
        public String getRecordName() {
            return "other";
        }

        @Override
        public void setRecordName(String name) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void setRecordShortDescription(String text) {
            throw new UnsupportedOperationException(text);
        }

        @Override
        public String getRecordShortDescription() {
            return "";
        }

        @Override
        public Object clone() throws CloneNotSupportedException {
            return super.clone();
        }
    }
}
