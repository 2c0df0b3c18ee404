package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs on every kind of bean, referred to through every type that it has. */
class BeanKindsTest {

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    public record Order(String customer, long number) {}

    /** A contract that a client without the bean can enqueue by: the job has the interface's name too. */
    interface Printing {
        @Job(queue = "default")
        void print(String text);
    }

    @ApplicationScoped
    static class Printer implements Printing {
        @Override
        public void print(String text) {
            RUNS.add("print " + text);
        }
    }

    interface Handler<T> {
        void handle(T value);
    }

    abstract static class OrderBase<T, L> implements Handler<T> {
        @Job
        public void all(List<L> values) {
            RUNS.add("all " + values + " " + values.get(0).getClass().getSimpleName());
        }
    }

    @ApplicationScoped
    static class Orders extends OrderBase<Order, Order> {
        @Job
        @Override
        public void handle(Order order) {
            RUNS.add("order " + order.customer());
        }
    }

    interface Narrow<T> {
        void run(T value);
    }

    @Typed(Narrow.class)
    @ApplicationScoped
    static class ByInterface implements Narrow<Order> {
        @Job(name = "narrow")
        @Override
        public void run(Order order) {
            RUNS.add("narrow " + order.number());
        }
    }

    @Dependent
    static class Short {
        static final AtomicInteger DESTROYED = new AtomicInteger();

        @Inject
        Part part;

        @Job
        void run() {
            RUNS.add("short");
        }

        @PreDestroy
        void destroyed() {
            DESTROYED.incrementAndGet();
        }
    }

    @Dependent
    static class Part {
        static final AtomicInteger DESTROYED = new AtomicInteger();

        @PreDestroy
        void destroyed() {
            DESTROYED.incrementAndGet();
        }
    }

    @RequestScoped
    static class InRequest {
        @Inject
        RequestPart part;

        @Job
        void run() {
            RUNS.add("request " + part.next());
        }
    }

    @RequestScoped
    static class RequestPart {
        private int calls;

        int next() {
            return ++calls;
        }
    }

    @Singleton
    static class One {
        private int calls;

        @Job
        void run() {
            RUNS.add("one " + ++calls);
        }
    }

    private TestApplication app;
    private GooseClient goose;

    @BeforeEach
    void start() {
        RUNS.clear();
        app = TestApplication.with(
                        Printer.class,
                        Orders.class,
                        ByInterface.class,
                        Short.class,
                        Part.class,
                        InRequest.class,
                        RequestPart.class,
                        One.class)
                .config("goose.worker.threads", "1")
                .start();
        goose = app.get(GooseClient.class);
    }

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void aJobOnAnInterface_runsByItsBeanItsInterfaceAndBothNames() throws Exception {
        goose.performAsync(Printer::print, "a");
        goose.performAsync(Printing::print, "b");
        goose.performAsync(JobCall.of(Printer.class.getName() + "#print", "c"));
        goose.performAsync(JobCall.of(Printing.class.getName() + "#print", "d")); // a client that lacks the bean
        assertThat(List.of(next(), next(), next(), next())).containsExactly("print a", "print b", "print c", "print d");
    }

    @Test
    void aGenericInterface_isReferredToByItsErasedParameters() throws Exception {
        goose.performAsync(Orders::handle, new Order("ann", 1));
        goose.performAsync(Handler<Order>::handle, new Order("bob", 2));
        assertThat(next()).isEqualTo("order ann");
        assertThat(next()).isEqualTo("order bob");
    }

    @Test
    void anInheritedMethod_getsTheTypesOfTheSubclass() throws Exception {
        goose.performAsync(Orders::all, List.of(new Order("ann", 1)));
        assertThat(next()).isEqualTo("all [Order[customer=ann, number=1]] Order");
    }

    @Test
    void aBeanThatHasOnlyAnInterfaceAmongItsTypes_isCalledThroughIt() throws Exception {
        goose.performAsync(JobCall.of("narrow", new Order("ann", 5)));
        assertThat(next()).isEqualTo("narrow 5");
    }

    @Test
    void aDependentBean_isDestroyedAfterEachAttempt() throws Exception {
        int before = Short.DESTROYED.get();
        int parts = Part.DESTROYED.get();
        goose.performAsync(Short::run);
        goose.performAsync(One::run);
        assertThat(next()).isEqualTo("short");
        assertThat(next()).isEqualTo("one 1"); // on the same thread, so that the first is over
        assertThat(Short.DESTROYED).hasValue(before + 1);
        assertThat(Part.DESTROYED).hasValue(parts + 1);
    }

    @Test
    void eachJob_hasARequestScopeOfItsOwn() throws Exception {
        goose.performAsync(InRequest::run);
        goose.performAsync(InRequest::run);
        assertThat(next()).isEqualTo("request 1");
        assertThat(next()).isEqualTo("request 1");
    }

    @Test
    void aSingletonOfJakartaInject_isOneInstance() throws Exception {
        goose.performAsync(One::run);
        goose.performAsync(One::run);
        assertThat(next()).isEqualTo("one 1");
        assertThat(next()).isEqualTo("one 2");
    }

    private static String next() throws InterruptedException {
        String run = RUNS.poll(60, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 60 s").isNotNull();
        return run;
    }
}
