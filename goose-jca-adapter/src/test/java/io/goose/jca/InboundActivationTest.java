package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.goose.broker.jca.Deliveries;
import io.goose.spi.Lease;
import io.goose.spi.Settlement;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a container does with the adapter for its message-driven beans; the broker is away. */
final class InboundActivationTest {

    private static final String NOBODY = "redis://127.0.0.1:1";

    private volatile boolean isTransactedBean;
    private final FakeContainer container = new FakeContainer(new Deliveries.Application() {
        @Override
        public Deliveries.Abilities abilities() {
            return new Deliveries.Abilities(Set.of(), Duration.ZERO, Duration.ZERO, isTransactedBean);
        }

        @Override
        public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            throw new AssertionError("nothing can be leased");
        }
    });
    private final GooseResourceAdapter adapter = new GooseResourceAdapter();
    private final MessageEndpointFactory factory = container.factory();

    @BeforeEach
    void start() {
        adapter.start(container.bootstrap());
    }

    @AfterEach
    void stop() {
        System.clearProperty("io.goose.stop-deadline");
        adapter.stop();
        System.clearProperty("io.goose.stop-deadline");
        container.awaitNoWork();
        assertThat(container.mistakes()).isEmpty();
    }

    private GooseActivationSpec spec() {
        GooseActivationSpec spec = new GooseActivationSpec();
        spec.setResourceAdapter(adapter);
        spec.setUrl(NOBODY);
        spec.setSettings("timeout=PT0.2S");
        spec.setGrace("PT0S");
        return spec;
    }

    @Test
    void activation_returnsAtOnce_whateverTheEndpointDoes_andDeactivationLeavesNothing() throws ResourceException {
        container.refuses = true;
        GooseActivationSpec spec = spec();
        adapter.endpointActivation(factory, spec);
        assertThat(container.liveWorks()).hasSize(1);
        container.refuses = false;
        FakeContainer.until("the worker works", () -> container.liveWorks().contains("goose-inbound-dispatcher"));

        adapter.endpointDeactivation(factory, spec);

        container.awaitNoWork();
        assertThat(container.endpointsInUse()).isZero();
        assertThatCode(() -> adapter.endpointDeactivation(factory, spec))
                .as("one that is not active")
                .doesNotThrowAnyException();
    }

    @Test
    void theAdaptersStop_endsWhatIsStillActive() throws ResourceException {
        adapter.endpointActivation(factory, spec());
        adapter.endpointActivation(container.factory(), spec());
        FakeContainer.until(
                "both work",
                () -> container.liveWorks().stream()
                                .filter("goose-inbound-dispatcher"::equals)
                                .count()
                        == 2);

        adapter.stop();

        container.awaitNoWork();
        assertThatThrownBy(() -> adapter.endpointActivation(factory, spec()))
                .isInstanceOf(ResourceAdapterInternalException.class)
                .hasMessageContaining("GOOSE-3197");
    }

    @Test
    void aDeliveryWithATransaction_isRefused_whereTheBrokerKeepsNoBranches() {
        container.isTransacted = true;
        GooseActivationSpec spec = spec();
        spec.setUrl("amqp://127.0.0.1:1");
        spec.setSettings("");

        assertThatThrownBy(() -> adapter.endpointActivation(factory, spec))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("GOOSE-3195")
                .hasMessageContaining("ShopJobs")
                .hasMessageContaining("use Redis");
        assertThat(container.liveWorks()).isEmpty();
    }

    /** A descriptor says so, or its application is older: the one thing that this container's bean knows not of. */
    @Test
    void aDeliveryWithATransaction_isRefused_whereTheBeanIsNotForIt_andTheBeanIsNotAskedAgain() throws Exception {
        container.isTransacted = true;
        try (Said said = Said.by(InboundWorker.class)) {
            adapter.endpointActivation(factory, spec());

            assertThat(said.next()).startsWith("GOOSE-4222").contains("GOOSE-3195", "TransactionalJobsBean");
        }
        container.awaitNoWork();
        assertThat(container.deliveries()).isEqualTo(1);
    }

    @Test
    void aBeanForTransactions_isRefused_whereTheContainerBeginsNone() throws Exception {
        isTransactedBean = true;
        try (Said said = Said.by(InboundWorker.class)) {
            adapter.endpointActivation(factory, spec());

            assertThat(said.next()).startsWith("GOOSE-4222").contains("GOOSE-3195", "begins no transaction");
        }
    }

    /** What the servers do in a crash cannot be asked, so that nothing may be leased. */
    @Test
    void deliveriesInTransactions_waitForABrokerThatSaysWhatItKeeps() throws Exception {
        container.isTransacted = true;
        isTransactedBean = true;
        GooseActivationSpec spec = spec();
        adapter.endpointActivation(factory, spec);
        FakeContainer.until("the bean is asked again", () -> container.deliveries() > 2);
        assertThat(container.liveWorks()).containsExactly("goose-inbound-begin");
        adapter.endpointDeactivation(factory, spec);

        spec.setXaDurability("relaxed");
        adapter.endpointActivation(factory, spec);
        FakeContainer.until("the worker works", () -> container.liveWorks().contains("goose-inbound-dispatcher"));
    }

    @Test
    void recovery_hasAResourceForEachBrokerOfDeliveriesInTransactions() throws Exception {
        GooseActivationSpec one = spec();
        GooseActivationSpec same = spec();
        GooseActivationSpec another = spec();
        another.setNamespace("another");
        GooseActivationSpec rabbit = spec();
        rabbit.setUrl("amqp://127.0.0.1:1");
        rabbit.setSettings("");
        GooseActivationSpec wrong = spec();
        wrong.setUrl("http://x");
        ActivationSpec[] all = {one, same, another, rabbit, wrong};

        XAResource[] before = adapter.getXAResources(all);
        assertThat(before).as("of those that are not active yet").hasSize(2);
        assertThat(adapter.getXAResources(all)).as("the same again").containsExactly(before);
        assertThat(before[0].isSameRM(before[1])).isFalse();
        assertThat(before[0].isSameRM(before[0])).isTrue();
        assertThatThrownBy(() -> before[0].recover(XAResource.TMSTARTRSCAN))
                .as("the broker is away")
                .isInstanceOfSatisfying(XAException.class, failed -> assertThat(failed.errorCode)
                        .isEqualTo(XAException.XAER_RMFAIL));
        assertThat(before[0].recover(XAResource.TMENDRSCAN)).isEmpty();

        adapter.endpointActivation(factory, another);
        assertThat(adapter.getXAResources(all)).as("that has no transactions").containsExactly(before[0]);
        assertThat(adapter.getXAResources(new ActivationSpec[] {another})).isEmpty();
    }

    @Test
    void anotherAdaptersSpec_isRefused() {
        ActivationSpec other = (ActivationSpec) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ActivationSpec.class}, (proxy, method, given) -> null);

        assertThatThrownBy(() -> adapter.endpointActivation(factory, other))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("GOOSE-3194");
    }

    @Test
    void aWorkManagerThatTakesNothing_failsTheActivation() {
        container.rejectsWork = true;

        assertThatThrownBy(() -> adapter.endpointActivation(factory, spec()))
                .isInstanceOf(ResourceAdapterInternalException.class)
                .hasMessageContaining("GOOSE-3196");
    }

    @Test
    void aWorkManagerThatFails_failsTheActivation_andNothingOfItIsLeft() throws InterruptedException {
        container.failsWork = new IllegalStateException("no more, as told");

        assertThatThrownBy(() -> adapter.endpointActivation(factory, spec()))
                .isInstanceOf(ResourceAdapterInternalException.class)
                .hasMessageContaining("GOOSE-3196")
                .hasRootCauseMessage("no more, as told");
        assertThat(adapter).extracting("workers").asInstanceOf(MAP).isEmpty();
        WorkThreads threads = new WorkThreads(container.workManager());
        assertThatThrownBy(() -> threads.start("refused", () -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(threads.awaitEnd(0)).isEmpty();
    }

    /** WildFly names an activation after the adapter and the interface. */
    @Test
    void anActivationThatIsNotNamedAfterTheBean_isCalledByItsClass() throws ResourceException {
        assertThat(new Endpoint(container.factory(), System::nanoTime).name())
                .isEqualTo("message-driven bean ShopJobs");

        container.activationName = "goose-jca-adapter.rarjakarta.resource.cci.MessageListener";
        assertThat(new Endpoint(container.factory(), System::nanoTime).name())
                .isEqualTo("message-driven bean " + FakeContainer.ShopJobs.class.getName());
    }

    @Test
    void everyWrongProperty_isNamed() {
        GooseActivationSpec spec = spec();
        spec.setUrl("http://x");
        spec.setNamespace("my shop");
        spec.setQueues("a:b:c,b b,c:0,d,d");
        spec.setThreads(0);
        spec.setGrace("long");
        spec.setXaDurability("some");

        assertThatThrownBy(spec::validate)
                .isInstanceOfSatisfying(InvalidPropertyException.class, wrong -> assertThat(
                                Arrays.stream(wrong.getInvalidPropertyDescriptors())
                                        .map(PropertyDescriptor::getName))
                        .containsExactly("grace", "namespace", "queues", "threads", "url", "xaDurability"))
                .hasMessageContaining("GOOSE-3190")
                .hasMessageContaining("'http'")
                .hasMessageContaining("namespace='my shop'")
                .hasMessageContaining("'a:b:c'")
                .hasMessageContaining("'b b'")
                .hasMessageContaining("'c:0'")
                .hasMessageContaining("'d' twice")
                .hasMessageContaining("threads=0")
                .hasMessageContaining("xaDurability='some'")
                .hasMessageContaining("grace='long'");
        assertThatThrownBy(() -> adapter.endpointActivation(factory, spec))
                .isInstanceOf(InvalidPropertyException.class);
    }

    @Test
    void settingsThatAreNotForAWorker_areRefused() {
        GooseActivationSpec spec = spec();
        spec.setUrl("amqp://127.0.0.1:1");
        spec.setSettings("consumer-timeout=PT29S");

        assertThatThrownBy(spec::validate)
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining(
                        "GOOSE-3099: consumer-timeout=PT29S is too short for a worker that beats each PT5S");
        spec.setSettings("consumer-timeout=PT30S");
        assertThatCode(spec::validate).doesNotThrowAnyException();
    }

    @Test
    void whatTheBeanDoesNotSay_theAdapterSays() throws ResourceException {
        GooseActivationSpec spec = new GooseActivationSpec();
        assertThatCode(spec::validate).as("the adapter may say it").doesNotThrowAnyException();
        spec.setResourceAdapter(adapter);
        assertThatThrownBy(spec::validate).hasMessageContaining("url is not set");
        adapter.setUrl(NOBODY);
        adapter.setNamespace("shop");
        assertThat(spec.read().durability()).isEqualTo(XaDurability.STRICT);
        adapter.setXaDurability("relaxed");
        adapter.setSettings("timeout=PT3S;dead.max=7");
        spec.setSettings("timeout=PT1S");
        spec.setQueues("critical:5, low");

        GooseActivationSpec.Inbound wanted = spec.read();

        assertThat(wanted.broker().properties())
                .containsEntry("url", NOBODY)
                .containsEntry("timeout", "PT1S")
                .containsEntry("dead.max", "7");
        assertThat(wanted.broker().namespace()).isEqualTo("shop");
        assertThat(wanted.queues()).containsExactly(Map.entry("critical", 5), Map.entry("low", 1));
        assertThat(wanted.threads()).isEqualTo(5);
        assertThat(wanted.durability()).isEqualTo(XaDurability.RELAXED);
        assertThat(wanted.grace()).isEqualTo(Duration.ofSeconds(20));
    }
}
