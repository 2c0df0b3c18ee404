package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.GooseConfigurationException;
import io.goose.Job;
import io.goose.JobInvocation;
import io.goose.Middleware;
import io.goose.WithoutLibrary;
import io.goose.engine.LogCapture;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.DeploymentException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jboss.weld.environment.se.Weld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a deployment says where the server or the application lacks something, and what it gives back then. */
class IncompleteServerTest {

    private static final String HERE = "io.goose.cdi.IncompleteServerTest$";
    private static final AtomicInteger RELEASED = new AtomicInteger();
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final AtomicInteger CLOSED = new AtomicInteger();

    @ApplicationScoped
    static class Mailer {
        @Job
        public void send() {}

        @AsyncJob(broker = "reports")
        public void report() {}

        @Inject
        @GooseBroker("reports")
        GooseClient reports;
    }

    @ApplicationScoped
    static class HalfFinal {
        @Job
        public void run() {}

        public final void other() {}
    }

    /** A codec that its application owns: closing it twice would be once too often. */
    static final class OwnCodec implements AutoCloseable {
        private OwnCodec() {}

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }

    @ApplicationScoped
    static class CodecMaker {
        @Produces
        @Dependent
        ArgumentCodec codec() {
            OwnCodec closing = new OwnCodec();
            ArgumentCodec json = new JsonbArgumentCodec();
            return (ArgumentCodec) Proxy.newProxyInstance(
                    CodecMaker.class.getClassLoader(),
                    new Class<?>[] {ArgumentCodec.class, AutoCloseable.class},
                    (proxy, method, arguments) -> method.invoke(
                            method.getDeclaringClass() == AutoCloseable.class ? closing : json, arguments));
        }

        void dispose(@Disposes ArgumentCodec codec) {
            RELEASED.incrementAndGet();
        }
    }

    @ApplicationScoped
    static class BrokenCodec extends ChoosyCodec {
        BrokenCodec() {
            throw new IllegalStateException("no key");
        }
    }

    @Dependent
    static class BrokenMiddleware implements Middleware {
        BrokenMiddleware() {
            throw new IllegalStateException("no key");
        }

        @Override
        public Object around(JobInvocation invocation) throws Throwable {
            return invocation.proceed();
        }
    }

    @ApplicationScoped
    static class Writer {
        @Job
        public void write(String text) {}
    }

    @Dependent
    static class Listing extends ArrayList<String> {}

    static class JobOfTheJdk implements Extension {
        void add(@Observes ProcessAnnotatedType<Listing> event) {
            event.configureAnnotatedType()
                    .filterMethods(method -> method.getJavaMember().getName().equals("removeRange"))
                    .forEach(method -> method.add(JOB));
        }
    }

    private static final Job JOB = aJob();

    private static Job aJob() {
        try {
            return Writer.class.getMethod("write", String.class).getAnnotation(Job.class);
        } catch (NoSuchMethodException absent) {
            throw new AssertionError(absent);
        }
    }

    @ApplicationScoped
    static class ChoosyCodec implements ArgumentCodec {

        @Override
        public String name() {
            return "choosy";
        }

        @Override
        public jakarta.json.JsonArray encode(List<Object> arguments, List<java.lang.reflect.Type> types) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Object> decode(jakarta.json.JsonArray arguments, List<java.lang.reflect.Type> types) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String problem(java.lang.reflect.Type type) {
            throw new IllegalStateException("no key");
        }
    }

    /** Makes brokers that count how often they are closed, or none. */
    @Dependent
    static class OddBrokers implements BrokerFactory {
        @Override
        public String kind() {
            return "odd";
        }

        @Override
        public Set<String> schemes() {
            return Set.of();
        }

        @Override
        public Set<String> keys() {
            return Set.of();
        }

        @Override
        public List<String> problems(BrokerSettings settings) {
            return List.of();
        }

        @Override
        public Broker create(BrokerSettings settings, WorkerThreads threads) {
            if (settings.name().equals("reports")) {
                throw new IllegalStateException("no reports today");
            }
            MADE.incrementAndGet();
            return (Broker) Proxy.newProxyInstance(
                    OddBrokers.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            CLOSED.incrementAndGet();
                        }
                        return null;
                    });
        }
    }

    @Dependent
    static class BrokenFactory extends OddBrokers {
        BrokenFactory() {
            throw new IllegalStateException("no licence");
        }
    }

    /** Runs where a library is missing. */
    static final class Deploying implements Callable<String> {
        @Override
        public String call() {
            try (TestApplication unexpected = TestApplication.with(HalfFinal.class)
                    .config("goose.worker.threads", "0")
                    .start()) {
                return "deployed " + unexpected;
            } catch (DeploymentException refused) {
                return String.valueOf(refused.getMessage());
            }
        }
    }

    @BeforeEach
    void forget() {
        RELEASED.set(0);
        MADE.set(0);
        CLOSED.set(0);
    }

    @Test
    void withoutJsonBinding_theDeploymentSaysWhatToEnableAndAllElse() throws Exception {
        for (String missing : List.of("jakarta.json.", "jakarta.json.bind.")) {
            try (WithoutLibrary json = WithoutLibrary.named(missing, "io.goose.")) {
                String message =
                        (String) json.make(Deploying.class, Callable.class).call();
                assertThat(message)
                        .contains(
                                "GOOSE-2028: JSON-P or JSON-B is not there (java.lang.NoClassDefFoundError: jakarta/json/")
                        .contains(
                                "; enable jsonp-2.1 and jsonb-3.0 on Open Liberty, or the layers jsonp and jsonb on WildFly")
                        .contains("GOOSE-2008: goose.worker.threads=0")
                        .contains("GOOSE-2134: bean " + HERE + "HalfFinal");
            }
        }
    }

    @Test
    void withoutMicroProfileConfig_theDeploymentSaysWhatToEnable() {
        ConfigProviderResolver real = ConfigProviderResolver.instance();
        ConfigProviderResolver.setInstance(new NoConfig());
        try {
            Weld weld = new Weld()
                    .disableDiscovery()
                    .beanClasses(Mailer.class, HalfFinal.class)
                    .addExtension(new GooseExtension());
            assertThat(problems(() -> weld.initialize().close()))
                    .satisfiesExactlyInAnyOrder( // and nothing of brokers, whose names nobody could read
                            problem -> assertThat(problem)
                                    .startsWith("GOOSE-2024: MicroProfile Config is not there (")
                                    .endsWith(
                                            "; enable mpConfig-3.1 on Open Liberty, or the layer microprofile-config on"
                                                    + " WildFly"),
                            problem -> assertThat(problem).startsWith("GOOSE-2134"));
        } finally {
            ConfigProviderResolver.setInstance(real);
        }
    }

    private static final class NoConfig extends ConfigProviderResolver {
        @Override
        public org.eclipse.microprofile.config.Config getConfig() {
            throw new IllegalStateException("No ConfigProviderResolver implementation found!");
        }

        @Override
        public org.eclipse.microprofile.config.Config getConfig(ClassLoader loader) {
            return getConfig();
        }

        @Override
        public org.eclipse.microprofile.config.spi.ConfigBuilder getBuilder() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void registerConfig(org.eclipse.microprofile.config.Config config, ClassLoader loader) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void releaseConfig(org.eclipse.microprofile.config.Config config) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aBeanOfWhichNoProxyCanBeMade_isReported() {
        assertThat(problems(() -> TestApplication.with(HalfFinal.class).start().close()))
                .singleElement()
                .asString()
                .startsWith("GOOSE-2134: bean " + HERE + "HalfFinal has jobs, but no proxy can be made of it (")
                .contains("WELD-00")
                .endsWith(
                        "); a bean in @ApplicationScoped has a constructor without parameters, and none of its methods is"
                                + " final");
    }

    @Test
    void extensionsThatCannotBeMade_hideNoOtherMistake() {
        assertThat(problems(() -> TestApplication.with(BrokenFactory.class, BrokenCodec.class)
                        .config("goose.worker.threads", "0")
                        .start()
                        .close()))
                .containsExactlyInAnyOrder(
                        "GOOSE-2029: the BrokerFactory bean of " + HERE + "BrokenFactory cannot be made"
                                + " (java.lang.IllegalStateException: no licence); mend what makes it, or remove it",
                        "GOOSE-2029: the ArgumentCodec bean of " + HERE + "BrokenCodec cannot be made"
                                + " (java.lang.IllegalStateException: no key); mend what makes it, or remove it",
                        "GOOSE-2008: goose.worker.threads=0 is out of range; set it to 1 … 1000 (default 5)");
    }

    @Test
    void aMiddlewareThatCannotBeMade_failsTheStartByName() {
        assertThatThrownBy(() ->
                        TestApplication.with(BrokenMiddleware.class).start().close())
                .hasStackTraceContaining("GOOSE-2029: the Middleware bean of " + HERE
                        + "BrokenMiddleware cannot be made (java.lang.IllegalStateException: no key); mend what makes it,"
                        + " or remove it");
    }

    @Test
    void aCodecThatFailsAtAType_isReportedWithTheJob() {
        assertThat(problems(() -> TestApplication.with(ChoosyCodec.class, Writer.class)
                        .config("goose.worker.threads", "0")
                        .start()
                        .close()))
                .containsExactlyInAnyOrder(
                        "GOOSE-2110: job " + HERE + "Writer#write(String) has parameter 1, which cannot travel; the"
                                + " argument codec fails at java.lang.String (java.lang.IllegalStateException: no key); mend"
                                + " the codec, or use another type",
                        "GOOSE-2008: goose.worker.threads=0 is out of range; set it to 1 … 1000 (default 5)");
    }

    /** A method that no bean of ours could open; an extension calls it a job. */
    @Test
    void aMethodOfAPackageThatIsNotOpen_isReported() {
        assertThat(problems(() -> TestApplication.with(Listing.class)
                        .extension(new JobOfTheJdk())
                        .start()
                        .close()))
                .containsExactly(
                        "GOOSE-2135: job " + HERE + "Listing#removeRange(int, int) cannot be called, because its"
                                + " package is not open to io.goose; add opens java.util to module-info");
    }

    @Test
    void aCodecOfTheApplication_isGivenBackAndNotClosed() {
        TestApplication.with(CodecMaker.class).start().close();
        assertThat(RELEASED).hasValue(1);
        assertThat(CLOSED).hasValue(0);
    }

    @Test
    void whatARefusedDeploymentMade_isGivenBack() {
        assertThat(problems(() -> TestApplication.with(CodecMaker.class)
                        .config("goose.worker.threads", "0")
                        .start()
                        .close()))
                .hasSize(1);
        assertThat(RELEASED).hasValue(1);
    }

    @Test
    void aBrokerThatCannotBeMade_leavesNoOtherOpen() {
        TestApplication.Builder application = TestApplication.with(OddBrokers.class)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.main.kind", "odd")
                .config("goose.broker.reports.kind", "odd");
        assertThatThrownBy(() -> application.start().close())
                .hasStackTraceContaining("GOOSE-2031: broker 'reports' cannot be made by " + HERE
                        + "OddBrokers (java.lang.IllegalStateException: no reports today); see the cause");
        assertThat(CLOSED).hasPositiveValue();
        assertThat(CLOSED.get()).isEqualTo(MADE.get());
    }

    @Test
    void afterTheStop_noEngineIsMade() {
        GooseRuntime runtime = new GooseRuntime();
        runtime.stop();
        assertThatThrownBy(runtime::engine).hasMessageStartingWith("GOOSE-2205: ");
    }

    @Test
    void aCallThatIsInterceptedAndNotKnown_isNotRun() throws Exception {
        try (TestApplication app = TestApplication.with().start()) {
            Method method = String.class.getMethod("trim");
            GooseRuntime runtime = app.get(GooseRuntime.class);
            assertThatThrownBy(() -> runtime.asyncJob(String.class, method))
                    .hasMessage(
                            "GOOSE-2201: " + method + " of java.lang.String is intercepted as an @AsyncJob, but was not"
                                    + " found as one at deployment");
        }
    }

    @Test
    void aWebModuleWithoutCdi_getsAWarning() {
        ServletContext context = (ServletContext) Proxy.newProxyInstance(
                IncompleteServerTest.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> method.getName().equals("getContextPath") ? "/shop" : null);
        try (LogCapture log = LogCapture.open()) {
            GooseListener listener = new GooseListener();
            listener.contextInitialized(new ServletContextEvent(context));
            listener.contextDestroyed(new ServletContextEvent(context));
            assertThat(log.ownMessages())
                    .containsExactly(
                            "WARNING GOOSE-2204: web module /shop has Goose and no CDI, so that no jobs run in it;"
                                    + " enable CDI or remove Goose");
        }
    }

    private static List<String> problems(Runnable deployment) {
        try {
            deployment.run();
            throw new AssertionError("deployed");
        } catch (DeploymentException refused) {
            assertThat(refused.getCause()).isInstanceOf(GooseConfigurationException.class);
            return ((GooseConfigurationException) refused.getCause()).problems();
        }
    }
}
