package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobInvocation;
import io.goose.Middleware;
import io.goose.engine.LogCapture;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Vetoed;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Classes with jobs that no bean is made of: their jobs would be enqueued and never run. */
class UnfoundJobsTest {

    private static final String HERE = "io.goose.cdi.UnfoundJobsTest$";

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class NoConstructor {
        NoConstructor(String text) {
            RUNS.add(text);
        }

        @Job
        public void run() {}
    }

    @ApplicationScoped
    class Inner {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    abstract static class Base {
        @Job
        public void run() {
            RUNS.add("inherited");
        }
    }

    @ApplicationScoped
    static class ConcreteBase {
        ConcreteBase(String text) {
            RUNS.add(text);
        }

        @Job
        public void run() {
            RUNS.add("inherited");
        }
    }

    @ApplicationScoped
    static class Sub extends ConcreteBase {
        Sub() {
            super("made");
        }
    }

    @Alternative
    @ApplicationScoped
    static class NotSelected {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    static class Dropped {
        @AsyncJob
        public void run() {}
    }

    static class Dropping implements Extension {
        void drop(@Observes ProcessAnnotatedType<Dropped> event) {
            event.veto();
        }
    }

    @Vetoed
    static class Produced {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    static class Makers {
        @Produces
        Produced method() {
            return new Produced();
        }
    }

    @ApplicationScoped
    static class Fields {
        @Produces
        final Produced field = new Produced();
    }

    interface Contract {
        @Job
        void run();
    }

    @ApplicationScoped
    static class Implementation implements Contract {
        @Override
        public void run() {
            RUNS.add("implementation");
        }
    }

    @ApplicationScoped
    static class Choice {
        @Produces
        @jakarta.inject.Named("chosen")
        Contract choose(Implementation implementation) {
            return implementation;
        }
    }

    static class Synthetic implements Extension {
        void add(@Observes AfterBeanDiscovery event) {
            event.<Produced>addBean()
                    .beanClass(Produced.class)
                    .types(Produced.class, Object.class)
                    .scope(ApplicationScoped.class)
                    .createWith(context -> new Produced());
        }
    }

    static class SyntheticMiddleware implements Extension {
        void add(@Observes AfterBeanDiscovery event) {
            event.<Middleware>addBean()
                    .types(Middleware.class, Object.class)
                    .scope(ApplicationScoped.class)
                    .createWith(context -> (Middleware) SyntheticMiddleware::around);
        }

        private static Object around(JobInvocation invocation) throws Throwable {
            RUNS.add("synthetic");
            return invocation.proceed();
        }
    }

    @Test
    void aClassWithoutAConstructorForTheContainer_isReported() {
        refused(
                TestApplication.with(NoConstructor.class),
                "GOOSE-2131: " + HERE + "NoConstructor has the job " + HERE
                        + "NoConstructor#run(), but is no bean, because"
                        + " it has neither a constructor without parameters nor one with @Inject; add one");
    }

    @Test
    void anInnerClass_isReported() {
        refused(
                TestApplication.with(Inner.class),
                "GOOSE-2131: " + HERE + "Inner has the job " + HERE
                        + "Inner#run(), but is no bean, because it is an inner class; make it static");
    }

    @Test
    void aSuperclassOfABean_isFine() throws Exception {
        try (TestApplication app =
                TestApplication.with(Base.class, ConcreteBase.class, Sub.class).start()) {
            app.get(GooseClient.class).performAsync(ConcreteBase::run);
            assertThat(next()).isEqualTo("made");
            assertThat(next()).isEqualTo("inherited");
        }
    }

    @Test
    void anAlternativeThatIsNotSelected_isFine() {
        try (LogCapture log = LogCapture.open()) {
            TestApplication.with(NotSelected.class).start().close();
            assertThat(log.count("GOOSE-2132")).isZero();
        }
    }

    @Test
    void aClassThatAnotherExtensionDrops_getsAWarning() {
        try (LogCapture log = LogCapture.open()) {
            TestApplication.with(Dropped.class)
                    .extension(new Dropping())
                    .start()
                    .close();
            assertThat(log.messages())
                    .contains(
                            "WARNING GOOSE-2132: " + HERE + "Dropped has the job " + HERE
                                    + "Dropped#run(), but the container has made no bean of it: an extension or beans.xml has taken it out; its jobs do not run here");
        }
    }

    @Test
    void aProducedBeanWithJobs_isReported() {
        refused(
                TestApplication.with(Makers.class),
                "GOOSE-2133: the bean of " + HERE + "Makers.method has the job " + HERE
                        + "Produced#run(), but jobs are found on"
                        + " classes that are beans themselves; give its class a scope, or move the job to a bean that calls it");
        refused(TestApplication.with(Fields.class), "GOOSE-2133: the bean of " + HERE + "Fields.field has the job");
    }

    @Test
    void aSyntheticBeanWithJobs_isReported() {
        refused(
                TestApplication.with().extension(new Synthetic()),
                "GOOSE-2133: the bean of " + HERE + "Produced has the job " + HERE
                        + "Produced#run(), but jobs are found on");
    }

    @Test
    void aProducerThatChoosesAmongBeans_isFine() throws Exception {
        try (TestApplication app =
                TestApplication.with(Implementation.class, Choice.class).start()) {
            app.get(GooseClient.class).performAsync(Contract::run);
            assertThat(next()).isEqualTo("implementation");
        }
    }

    @Test
    void aSyntheticMiddleware_isUsed() throws Exception {
        try (TestApplication app = TestApplication.with(Implementation.class)
                .extension(new SyntheticMiddleware())
                .start()) {
            app.get(GooseClient.class).performAsync(Contract::run);
            assertThat(next()).isEqualTo("synthetic");
            assertThat(next()).isEqualTo("implementation");
        }
    }

    private static void refused(TestApplication.Builder application, String message) {
        assertThatThrownBy(() -> application.start().close())
                .hasMessageContaining(message)
                .hasMessageNotContaining("problems:");
    }

    private static String next() throws InterruptedException {
        String run = RUNS.poll(60, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 60 s").isNotNull();
        return run;
    }
}
