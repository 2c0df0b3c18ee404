package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobInvocation;
import io.goose.Middleware;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.spi.ArgumentCodec;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Specializes;
import jakarta.inject.Inject;
import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs of beans that stand in for others, and of beans that are decorated: what runs is what a call would run. */
class ReplacedBeansTest {

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class Plain {
        @Job
        public void run() {
            RUNS.add("plain");
        }

        @Job(name = "named", aliases = "formerly")
        public void named() {
            RUNS.add("plain named");
        }
    }

    @Specializes
    @ApplicationScoped
    static class Special extends Plain {
        @Override
        public void run() {
            RUNS.add("special");
        }

        @Job(name = "own")
        @Override
        public void named() {
            RUNS.add("special named");
        }
    }

    @Specializes
    @ApplicationScoped
    static class MoreSpecial extends Special {
        @Override
        public void run() {
            RUNS.add("more special");
        }
    }

    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class Other extends Plain {
        @Job
        @Override
        public void run() {
            RUNS.add("other");
        }

        @Job(name = "other")
        @Override
        public void named() {
            RUNS.add("other named");
        }
    }

    @Alternative
    @Priority(2)
    @ApplicationScoped
    static class Better extends Plain {
        @Job
        @Override
        public void run() {
            RUNS.add("better");
        }

        @Job(name = "named")
        @Override
        public void named() {
            RUNS.add("better named");
        }
    }

    @Alternative
    @ApplicationScoped
    static class NotSelected extends Plain {}

    @Qualifier @Retention(RetentionPolicy.RUNTIME)
    @interface Second {}

    @Second
    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class Beside extends Plain {
        @Job
        @Override
        public void run() {
            RUNS.add("beside");
        }

        @Job(name = "beside")
        @Override
        public void named() {
            RUNS.add("beside named");
        }
    }

    @ApplicationScoped
    static class Async {
        @AsyncJob(name = "async")
        public void run() {
            RUNS.add("async");
        }
    }

    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class OtherAsync extends Async {
        @AsyncJob(name = "async")
        @Override
        public void run() {
            RUNS.add("other async on " + Thread.currentThread().getName());
        }
    }

    interface Printing {
        @Job(name = "print")
        void print(String text);

        @Job
        void unnamed(String text);
    }

    @ApplicationScoped
    static class Printer implements Printing {
        @Override
        public void print(String text) {
            RUNS.add("print " + text);
        }

        @Override
        public void unnamed(String text) {
            RUNS.add("unnamed " + text);
        }
    }

    @Decorator
    @Priority(10)
    abstract static class Loud implements Printing {
        @Inject
        @Delegate
        Printing printing;

        @Override
        public void print(String text) {
            printing.print(text + "!");
        }

        @Override
        public void unnamed(String text) {
            printing.unnamed(text + "!");
        }
    }

    @ApplicationScoped
    static class Around implements Middleware {
        @Override
        public Object around(JobInvocation invocation) throws Throwable {
            RUNS.add("around");
            return invocation.proceed();
        }
    }

    @Specializes
    @ApplicationScoped
    static class SpecialAround extends Around {
        @Override
        public Object around(JobInvocation invocation) throws Throwable {
            RUNS.add("special around");
            return invocation.proceed();
        }
    }

    @Decorator
    @Priority(10)
    abstract static class DecoratedAround implements Middleware {
        @Inject
        @Delegate
        Middleware middleware;

        @Override
        public Object around(JobInvocation invocation) throws Throwable {
            RUNS.add("decorated");
            return middleware.around(invocation);
        }
    }

    @ApplicationScoped
    static class CodecMaker {
        @Produces
        ArgumentCodec codec() {
            throw new IllegalStateException("replaced");
        }
    }

    @Specializes
    @ApplicationScoped
    static class SpecialCodecMaker extends CodecMaker {
        @Produces
        @Specializes
        @Override
        ArgumentCodec codec() {
            RUNS.add("codec");
            return new JsonbArgumentCodec();
        }
    }

    @Alternative
    @Priority(1)
    @ApplicationScoped
    static class AlternativeCodecMaker {
        @Produces
        ArgumentCodec codec() {
            RUNS.add("alternative codec");
            return new JsonbArgumentCodec();
        }
    }

    @BeforeEach
    void forget() {
        RUNS.clear();
    }

    @Test
    void aSpecializingBean_runsTheJobsOfTheOneItReplaces() throws Exception {
        try (TestApplication app =
                TestApplication.with(Plain.class, Special.class).start()) {
            GooseClient goose = app.get(GooseClient.class);
            goose.performAsync(Plain::run);
            assertThat(next()).isEqualTo("special");
            goose.performAsync(JobCall.of(Plain.class.getName() + "#run")); // enqueued before the replacement
            assertThat(next()).isEqualTo("special");
            for (String name : new String[] {"named", "formerly", "own"}) {
                goose.performAsync(JobCall.of(name));
                assertThat(next()).isEqualTo("special named");
            }
        }
    }

    @Test
    void specialization_goesAllTheWayDown() throws Exception {
        try (TestApplication app = TestApplication.with(Plain.class, Special.class, MoreSpecial.class)
                .start()) {
            GooseClient goose = app.get(GooseClient.class);
            goose.performAsync(Plain::run);
            assertThat(next()).isEqualTo("more special");
            goose.performAsync(JobCall.of(Special.class.getName() + "#run"));
            assertThat(next()).isEqualTo("more special");
            goose.performAsync(JobCall.of("named"));
            assertThat(next()).isEqualTo("special named");
        }
    }

    @Test
    void theSelectedAlternativeOfTheHighestPriority_runsTheJobsOfItsSuperclass() throws Exception {
        try (TestApplication app = TestApplication.with(Plain.class, Other.class, Better.class, NotSelected.class)
                .start()) {
            app.get(Plain.class).run();
            assertThat(next()).isEqualTo("better");
            GooseClient goose = app.get(GooseClient.class);
            goose.performAsync(Plain::run);
            assertThat(next()).isEqualTo("better");
            goose.performAsync(JobCall.of(Plain.class.getName() + "#run"));
            assertThat(next()).isEqualTo("better");
            goose.performAsync(JobCall.of("named"));
            assertThat(next()).isEqualTo("better named");
            goose.performAsync(Other::run); // a bean of its own still, where it is asked for
            assertThat(next()).isEqualTo("other");
        }
    }

    @Test
    void anAlternativeWithOtherQualifiers_replacesNothing() throws Exception {
        try (TestApplication app =
                TestApplication.with(Plain.class, Beside.class).start()) {
            GooseClient goose = app.get(GooseClient.class);
            goose.performAsync(Plain::run);
            assertThat(next()).isEqualTo("plain");
            goose.performAsync(Beside::run);
            assertThat(next()).isEqualTo("beside");
        }
    }

    @Test
    void anAlternativeOfAnAsyncJob_isOneItself() throws Exception {
        try (TestApplication app =
                TestApplication.with(Async.class, OtherAsync.class).start()) {
            app.get(Async.class).run();
            assertThat(next()).startsWith("other async on goose-main-job-");
            app.get(GooseClient.class).performAsync(Async::run);
            assertThat(next()).startsWith("other async on goose-main-job-");
        }
    }

    @Test
    void aDecoratorOfAJobsInterface_decoratesItsRunAndIsNoJob() throws Exception {
        try (TestApplication app =
                TestApplication.with(Printer.class, Loud.class).start()) {
            GooseClient goose = app.get(GooseClient.class);
            goose.performAsync(Printing::print, "a");
            assertThat(next()).isEqualTo("print a!");
            goose.performAsync(Printing::unnamed, "b");
            assertThat(next()).isEqualTo("unnamed b!");
        }
    }

    @Test
    void aDecoratorOfAMiddleware_decoratesIt() throws Exception {
        try (TestApplication app = TestApplication.with(Plain.class, Around.class, DecoratedAround.class)
                .start()) {
            app.get(GooseClient.class).performAsync(Plain::run);
            assertThat(next()).isEqualTo("decorated");
            assertThat(next()).isEqualTo("around");
            assertThat(next()).isEqualTo("plain");
        }
    }

    @Test
    void aSpecializedMiddleware_isUsedInPlaceOfTheOther() throws Exception {
        try (TestApplication app = TestApplication.with(Plain.class, Around.class, SpecialAround.class)
                .start()) {
            app.get(GooseClient.class).performAsync(Plain::run);
            assertThat(next()).isEqualTo("special around");
            assertThat(next()).isEqualTo("plain");
        }
    }

    @Test
    void aSpecializedCodec_isUsedInPlaceOfTheOther() throws Exception {
        TestApplication.with(Plain.class, CodecMaker.class, SpecialCodecMaker.class)
                .start()
                .close();
        assertThat(next()).isEqualTo("codec");
    }

    @Test
    void anAlternativeCodec_isUsedInPlaceOfTheOther() throws Exception {
        TestApplication.with(Plain.class, CodecMaker.class, AlternativeCodecMaker.class)
                .start()
                .close();
        assertThat(next()).isEqualTo("alternative codec");
    }

    @ApplicationScoped
    static class MoreThreads extends TestApplication.Threads {}

    @Test
    void twoSourcesOfThreads_areRefused() {
        assertThatThrownBy(() -> TestApplication.with(MoreThreads.class).start().close())
                .hasMessageContaining(
                        "GOOSE-2126: two WorkerThreads beans: io.goose.cdi.ReplacedBeansTest$MoreThreads and"
                                + " io.goose.cdi.TestApplication$Threads; keep one of them");
    }

    private static String next() throws InterruptedException {
        String run = RUNS.poll(60, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 60 s").isNotNull();
        return run;
    }
}
