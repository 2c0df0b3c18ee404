package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.EnqueueInvocation;
import io.goose.EnqueueMiddleware;
import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobFailureHandler;
import io.goose.JobInvocation;
import io.goose.JobRun;
import io.goose.JobTimeoutException;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.Workers;
import io.goose.admin.QueueAdmin;
import io.goose.engine.LogCapture;
import io.goose.engine.TestCodec;
import io.goose.job.JobId;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, use and stop of the engine with its application. */
class LifeCycleTest {

    private static final String FACTORY = "java:comp/DefaultManagedThreadFactory";

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();
    static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @ApplicationScoped
    static class Mailer {
        @Job
        public void send(String to) {
            RUNS.add(to);
        }

        @Job(retryDelay = "named:atOnce", maxRetries = 1)
        public void fail() {
            throw new IllegalStateException("as told");
        }

        @Job(timeout = "PT0.05S", noRetryOn = JobTimeoutException.class)
        public void hang() throws InterruptedException {
            RUNS.add("hangs");
            new CountDownLatch(1).await();
        }
    }

    @Priority(20)
    @ApplicationScoped
    static class Inner implements Middleware {
        @Override
        public Object around(JobInvocation invocation) throws Throwable {
            SEEN.add("inner " + invocation.arguments());
            return invocation.proceed();
        }
    }

    /** Wants a client itself, while the engine that it belongs to is being made. */
    @Priority(10)
    @Dependent
    static class Outer implements Middleware, EnqueueMiddleware {
        @Inject
        GooseClient goose;

        @Override
        public Object around(JobInvocation invocation) throws Throwable {
            SEEN.add("outer");
            return invocation.proceed();
        }

        @Override
        public JobId around(EnqueueInvocation invocation) {
            SEEN.add("enqueue with " + goose);
            return invocation.proceed();
        }
    }

    @Named
    @ApplicationScoped
    static class AtOnce implements RetryDelay.Custom {
        @Override
        public Duration delay(int retryCount, Throwable failure) {
            SEEN.add("delay");
            return Duration.ZERO;
        }
    }

    @ApplicationScoped
    static class Watcher implements JobFailureHandler {
        @Override
        public void onError(JobRun run, Throwable failure) {
            RUNS.add("error " + run.attempt());
        }

        @Override
        public void onDeath(JobRun run, Throwable failure) {
            RUNS.add("death " + run.attempt());
        }
    }

    @ApplicationScoped
    static class EarlyBird {
        @Inject
        GooseClient goose;

        // Before the engine's own observer, which has the default priority.
        void early(@Observes @Priority(1) Startup event) {
            goose.performAsync(Mailer::send, "early");
        }
    }

    @BeforeEach
    void clear() {
        NamesForTests.install();
        NamesForTests.unbind(FACTORY);
        RUNS.clear();
        SEEN.clear();
    }

    @Test
    void extensionPoints_areBeansInTheOrderOfTheirPriority() throws Exception {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class, Inner.class, Outer.class)
                .start()) {
            app.get(GooseClient.class).performAsync(Mailer::send, "ann");
            assertThat(next()).isEqualTo("ann");
            assertThat(SEEN).containsExactly("enqueue with injected GooseClient", "outer", "inner [ann]");
        }
    }

    @Test
    void delaysAndFailureHandlers_areBeans() throws Exception {
        try (TestApplication app =
                TestApplication.with(Mailer.class, AtOnce.class, Watcher.class).start()) {
            app.get(GooseClient.class).performAsync(Mailer::fail);
            assertThat(next()).isEqualTo("error 1");
            assertThat(next()).isEqualTo("death 2");
            assertThat(SEEN).containsExactly("delay");
        }
    }

    @Test
    void timeoutOfTheAnnotation_endsTheRun() throws Exception {
        try (TestApplication app =
                TestApplication.with(Mailer.class, AtOnce.class, Watcher.class).start()) {
            app.get(GooseClient.class).performAsync(Mailer::hang);
            assertThat(next()).isEqualTo("hangs");
            assertThat(next()).isEqualTo("death 1");
        }
    }

    @Test
    void aClientThatIsUsedBeforeTheStart_enqueues() throws Exception {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class, EarlyBird.class)
                .start()) {
            assertThat(app.get(Workers.class).isRunning()).isTrue();
            assertThat(next()).isEqualTo("early");
        }
    }

    @Test
    void manualStart_waitsForTheApplication() throws Exception {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                .config("goose.worker.start", "manual")
                .start()) {
            Workers workers = app.get(Workers.class);
            app.get(GooseClient.class).performAsync(Mailer::send, "later");
            assertThat(workers.isRunning()).isFalse();
            assertThat(app.get(QueueAdmin.class).stats("default").waiting()).isEqualTo(1);
            workers.start();
            assertThat(next()).isEqualTo("later");
        }
    }

    @Test
    void aProgrammaticLookup_findsTheNamedBroker() {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .config("goose.worker.enabled", "false")
                .start()) {
            app.get(GooseClient.class, GooseBroker.Literal.of("reports")).performAsync(Mailer::send, "x");
            assertThat(app.get(QueueAdmin.class, GooseBroker.Literal.of("reports"))
                            .stats("default")
                            .waiting())
                    .isEqualTo(1);
            assertThat(app.get(QueueAdmin.class).queues()).isEmpty();
        }
    }

    @Test
    void outsideAJob_jobRunThrows() {
        try (TestApplication app =
                TestApplication.with(Mailer.class, AtOnce.class).start()) {
            assertThatThrownBy(() -> app.get(JobRun.class).id())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("GOOSE-4101");
        }
    }

    @Test
    void theEnd_leavesNoThread() throws Exception {
        TestApplication app = TestApplication.with(Mailer.class, AtOnce.class).start();
        List<Thread> threads = app.get(TestApplication.Threads.class).made();
        app.get(GooseClient.class).performAsync(Mailer::send, "x");
        next();
        app.close();
        for (Thread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThat(threads).hasSizeGreaterThan(5);
    }

    @Test
    void aRedeployment_warnsOfNothing() {
        try (LogCapture log = LogCapture.open()) {
            for (int deployment = 0; deployment < 2; deployment++) {
                TestApplication.with(Mailer.class, AtOnce.class)
                        .systemProperties()
                        .start()
                        .close();
            }
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-2019"));
            assertThat(log.count("GOOSE-2022")).isZero();
        }
    }

    @Test
    void withoutAThreadFactory_theStartSaysWhatToDo() {
        TestApplication.Builder application =
                TestApplication.with(Mailer.class, AtOnce.class).without(TestApplication.Threads.class);
        assertThatThrownBy(application::start)
                .hasStackTraceContaining(
                        "GOOSE-2203: no managed thread factory is at goose.worker.thread-factory=" + FACTORY)
                .hasStackTraceContaining(
                        "enable concurrent-3.0 on Open Liberty or the layer ee-concurrency on WildFly; without a web"
                                + " module on WildFly set"
                                + " goose.worker.thread-factory=java:jboss/ee/concurrency/factory/default; or name another"
                                + " ManagedThreadFactory, or set goose.worker.enabled=false to enqueue only");
    }

    @Test
    void withoutAThreadFactoryAndWithoutWorkers_theApplicationEnqueues() {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                .without(TestApplication.Threads.class)
                .config("goose.worker.enabled", "false")
                .start()) {
            app.get(GooseClient.class).performAsync(Mailer::send, "x");
            assertThat(app.get(QueueAdmin.class).stats("default").waiting()).isEqualTo(1);
        }
    }

    @Test
    void theServersThreadFactory_makesEveryThread() throws Exception {
        List<Thread> made = new CopyOnWriteArrayList<>();
        ThreadFactory factory = body -> {
            Thread thread = new Thread(body);
            thread.setDaemon(true);
            made.add(thread);
            return thread;
        };
        NamesForTests.bind("java:app/concurrent/jobs", factory);
        Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet()); // of other tests, some still end
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                .without(TestApplication.Threads.class)
                .config("goose.worker.thread-factory", "java:app/concurrent/jobs")
                .start()) {
            app.get(GooseClient.class).performAsync(Mailer::send, "x");
            next();
            assertThat(made).extracting(Thread::getName).contains("goose-main-job-1");
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("goose-") && !before.contains(thread))
                    .isSubsetOf(made);
        } finally {
            NamesForTests.unbind("java:app/concurrent/jobs");
        }
    }

    @Test
    void theListener_startsAndDrainsTheEngineOfItsBeanManager() throws Exception {
        NamesForTests.bind(FACTORY, (ThreadFactory) Thread::new);
        TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                .without(TestApplication.Threads.class)
                .start();
        try (app) {
            NamesForTests.bind("java:comp/BeanManager", app.container().getBeanManager());
            ServletContextEvent event = new ServletContextEvent(context());
            GooseListener first = new GooseListener();
            GooseListener second = new GooseListener(); // another web module of the same EAR
            first.contextInitialized(event);
            second.contextInitialized(event);
            Workers workers = app.get(Workers.class);
            assertThat(workers.isRunning()).isTrue();
            first.contextDestroyed(event);
            assertThat(workers.isRunning()).isFalse();
            second.contextDestroyed(event);
            assertThatThrownBy(workers::start).hasMessageStartingWith("GOOSE-4014");
        } finally {
            NamesForTests.unbind("java:comp/BeanManager");
        }
    }

    /** Adds a class itself: by its name the container would find another version of it. */
    record Adding(Class<?> component) implements Extension {
        void add(@Observes BeforeBeanDiscovery event) {
            event.addAnnotatedType(component, component.getName());
        }
    }

    @Test
    void whereOnlyWebModulesHaveAThreadFactory_theFirstOfThemStartsTheEngine(@TempDir Path directory) throws Exception {
        Path war = directory.resolve("shop.war");
        String file = WebComponent.class.getName().replace('.', '/') + ".class";
        Files.createDirectories(war.resolve(file).getParent());
        try (InputStream bytes = LifeCycleTest.class.getClassLoader().getResourceAsStream(file)) {
            Files.copy(bytes, war.resolve(file));
        }
        URL[] classes = {war.toUri().toURL()};
        try (URLClassLoader module = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
                LogCapture log = LogCapture.open();
                TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                        .extension(new Adding(module.loadClass(WebComponent.class.getName())))
                        .without(TestApplication.Threads.class)
                        .start()) {
            assertThat(log.count("INFO GOOSE-2213: the first web module will start the engine; before its start:"
                            + " GOOSE-2203: no managed thread factory"))
                    .isEqualTo(1);
            Workers workers = app.get(Workers.class);
            assertThat(workers.isRunning()).isFalse();
            NamesForTests.bind(FACTORY, (ThreadFactory) Thread::new);
            NamesForTests.bind("java:comp/BeanManager", app.container().getBeanManager());
            GooseListener listener = new GooseListener();
            listener.contextInitialized(new ServletContextEvent(context()));
            assertThat(workers.isRunning()).isTrue();
            listener.contextDestroyed(new ServletContextEvent(context()));
        } finally {
            NamesForTests.unbind("java:comp/BeanManager");
        }
    }

    private static ServletContext context() {
        return (ServletContext) Proxy.newProxyInstance(
                LifeCycleTest.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> method.getName().equals("getContextPath") ? "/shop" : null);
    }

    /** Uses what is not there yet. */
    static class Hasty implements Extension {
        void hasty(@Observes AfterBeanDiscovery event) {
            try {
                new GooseRuntime().engine();
            } catch (IllegalStateException tooEarly) {
                SEEN.add(tooEarly.getMessage());
            }
        }
    }

    @Test
    void useDuringDiscovery_isRefusedWithTheReason() {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class)
                .extension(new Hasty())
                .start()) {
            assertThat(SEEN).singleElement().asString().startsWith("GOOSE-2202: Goose was used before");
        }
    }

    /** Takes the module's class loader from the thread, as a server does that deploys an EAR. */
    static class Elsewhere implements Extension {
        void leave(@Observes @Priority(1) AfterDeploymentValidation event) {
            Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        }
    }

    @ApplicationScoped
    static class SeeingCodec extends TestCodec {
        SeeingCodec() {
            super("seeing");
        }

        @Override
        public String name() {
            SEEN.add("codec under " + Thread.currentThread().getContextClassLoader());
            return super.name();
        }
    }

    @Test
    void theDeployment_isCheckedUnderTheModulesClassLoader() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class, SeeingCodec.class)
                .config("goose.worker.enabled", "false")
                .extension(new Elsewhere())
                .start()) {
            assertThat(SEEN).first().isEqualTo("codec under " + GooseExtension.class.getClassLoader());
            assertThat(thread.getContextClassLoader()).isSameAs(ClassLoader.getPlatformClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @ApplicationScoped
    static class Nested {
        @Inject
        Mailer mailer;

        @Job
        @ActivateRequestContext
        public void run() {
            RUNS.add("nested on " + (Thread.currentThread().getContextClassLoader() == Nested.class.getClassLoader()));
        }
    }

    @Test
    void aJobThatActivatesTheRequestScopeItself_disturbsNothing() throws Exception {
        try (TestApplication app = TestApplication.with(Mailer.class, AtOnce.class, Nested.class)
                .config("goose.worker.threads", "1")
                .start()) {
            GooseClient goose = app.get(GooseClient.class);
            goose.performAsync(Nested::run);
            goose.performAsync(Mailer::send, "after");
            assertThat(next()).isEqualTo("nested on true");
            assertThat(next()).isEqualTo("after");
        }
    }

    private static String next() throws InterruptedException {
        String run = RUNS.poll(60, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 60 s").isNotNull();
        return run;
    }
}
