package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseHealth.Phase;
import io.goose.Job;
import io.goose.WithoutLibrary;
import io.goose.Workers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DeploymentException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.PassivationCapable;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;
import org.eclipse.microprofile.health.spi.HealthCheckResponseProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The checks as a server finds them. */
@Timeout(180)
class HealthBeansTest {

    @ApplicationScoped
    static class Mailer {
        @Job
        void send() {}
    }

    /** Answers as those of servers do. */
    private static final class Answers extends HealthCheckResponseBuilder implements HealthCheckResponseProvider {
        private final Map<String, Object> data = new TreeMap<>();
        private String name = "";
        private boolean up;

        @Override
        public HealthCheckResponseBuilder createResponseBuilder() {
            return new Answers();
        }

        @Override
        public HealthCheckResponseBuilder name(String value) {
            name = value;
            return this;
        }

        @Override
        public HealthCheckResponseBuilder withData(String key, String value) {
            data.put(key, value);
            return this;
        }

        @Override
        public HealthCheckResponseBuilder withData(String key, long value) {
            data.put(key, value);
            return this;
        }

        @Override
        public HealthCheckResponseBuilder withData(String key, boolean value) {
            data.put(key, value);
            return this;
        }

        @Override
        public HealthCheckResponseBuilder up() {
            return status(true);
        }

        @Override
        public HealthCheckResponseBuilder down() {
            return status(false);
        }

        @Override
        public HealthCheckResponseBuilder status(boolean value) {
            up = value;
            return this;
        }

        @Override
        public HealthCheckResponse build() {
            return new HealthCheckResponse(name, up ? Status.UP : Status.DOWN, Optional.of(data));
        }
    }

    @BeforeAll
    static void answer() {
        HealthCheckResponse.setResponseProvider(new Answers());
    }

    @AfterAll
    static void forget() {
        HealthCheckResponse.setResponseProvider(null);
    }

    private static HealthCheckResponse ask(TestApplication app, Annotation kind) {
        return app.get(HealthCheck.class, kind).call();
    }

    private static void untilUp(TestApplication app, Annotation kind) {
        while (ask(app, kind).getStatus() != Status.UP) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void theChecksTellHowTheWorkersDo() {
        try (TestApplication app = TestApplication.with(Mailer.class).start()) {
            untilUp(app, Startup.Literal.INSTANCE);
            while (!"connected"
                    .equals(ask(app, Readiness.Literal.INSTANCE)
                            .getData()
                            .orElseThrow()
                            .get("main"))) {
                LockSupport.parkNanos(1_000_000);
            }
            HealthCheckResponse ready = ask(app, Readiness.Literal.INSTANCE);
            assertThat(ready.getName()).isEqualTo("goose-ready");
            assertThat(ready.getStatus()).isEqualTo(Status.UP);
            assertThat(ready.getData().orElseThrow())
                    .containsEntry("phase", "RUNNING")
                    .containsKey("main")
                    .containsEntry("main.deadLoops", "")
                    .containsEntry("main.loops", 9L)
                    .containsKeys(
                            "main.lastBeatMillis",
                            "main.lagMillis",
                            "main.ledgerLagMillis",
                            "main.inProgress",
                            "main.unwritten");
            assertThat(ask(app, Liveness.Literal.INSTANCE).getStatus()).isEqualTo(Status.UP);
            assertThat(ask(app, Startup.Literal.INSTANCE).getName()).isEqualTo("goose-started");
            assertThat(app.get(Workers.class).health().phase()).isEqualTo(Phase.RUNNING);
        }
    }

    /** WildFly looks for checks where the application's beans are; of an archive without discovery it knows nothing. */
    @Test
    void theChecksAreAmongTheApplicationsOwnBeans() {
        try (TestApplication app = TestApplication.with(Mailer.class).start()) {
            BeanManager beans = app.get(BeanManager.class);
            for (Annotation kind :
                    List.of(Liveness.Literal.INSTANCE, Readiness.Literal.INSTANCE, Startup.Literal.INSTANCE)) {
                assertThat(beans.getBeans(HealthCheck.class, kind))
                        .singleElement()
                        .satisfies(bean -> {
                            // Which one is by chance; in one class path a bean of the container's may count too.
                            assertThat(Extension.class.isAssignableFrom(bean.getBeanClass()))
                                    .as("%s", bean.getBeanClass())
                                    .isFalse();
                            // Weld puts a configured one into the extension's archive, whatever its class.
                            assertThat(bean).isInstanceOf(PassivationCapable.class);
                            assertThat(bean.getClass().getPackage()).isEqualTo(HealthBeans.class.getPackage());
                        });
            }
        }
    }

    @Test
    void readinessThatGoesByTheBroker_isConfigured() {
        try (TestApplication app = TestApplication.with(Mailer.class)
                .config("goose.health.readiness.broker", "PT30S")
                .start()) {
            untilUp(app, Readiness.Literal.INSTANCE);
        }
        assertThatThrownBy(() -> TestApplication.with(Mailer.class)
                        .config("goose.health.readiness.broker", "PT0S")
                        .start())
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("GOOSE-2006: goose.health.readiness.broker=PT0S is out of range");
    }

    /** In a loader without the API. */
    static final class Deploying implements Callable<String> {
        @Override
        public String call() {
            try (TestApplication app = TestApplication.with(Mailer.class).start()) {
                return app.get(Workers.class).health().phase().name();
            }
        }
    }

    @Test
    void withoutTheApi_thereAreNoChecks_andTheRestWorks() throws Exception {
        try (WithoutLibrary health = WithoutLibrary.named("org.eclipse.microprofile.health.", "io.goose.")) {
            assertThat(health.make(Deploying.class, Callable.class).call()).isEqualTo("RUNNING");
        }
    }
}
