package io.goose.jca;

import io.goose.broker.jca.Deliveries;
import io.goose.spi.BranchId;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.MessageListener;
import jakarta.resource.cci.Record;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkManager;
import jakarta.resource.spi.work.WorkRejectedException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A container with one message-driven bean: its work manager, and an endpoint that insists on the order of calls and lets nothing
 * pass but types of the JDK.
 */
final class FakeContainer {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<String> mistakes = new CopyOnWriteArrayList<>();
    private final AtomicInteger endpoints = new AtomicInteger(); // made and not released
    private final AtomicInteger deliveries = new AtomicInteger();
    private final AtomicInteger transactions = new AtomicInteger();
    private final List<Integer> xaErrors = new CopyOnWriteArrayList<>();
    private final Deliveries.Application application;
    volatile String activationName = "ShopJobs";
    volatile boolean refuses;
    volatile boolean isTransacted;
    volatile boolean rejectsWork;
    volatile int mostThreads = Integer.MAX_VALUE; // of all time; works that come later wait for endlessly many
    volatile @Nullable RuntimeException failsWork; // thrown by the work manager
    volatile boolean failsBefore;
    volatile @Nullable RuntimeException afterwards; // thrown by the container once the bean has returned
    volatile boolean failsInAfterDelivery;
    volatile boolean enlists = true;
    volatile TransactionEnd end = FakeContainer::commitInTwoPhases;

    /** What a transaction manager does when the bean has returned. */
    interface TransactionEnd {
        void of(XAResource resource, Xid xid) throws XAException;
    }

    static void commitInTwoPhases(XAResource resource, Xid xid) throws XAException {
        if (resource.prepare(xid) == XAResource.XA_OK) {
            resource.commit(xid, false);
        }
    }

    FakeContainer(Deliveries.Application application) {
        this.application = application;
    }

    /** What the adapter did wrong. */
    List<String> mistakes() {
        return mistakes;
    }

    int endpointsInUse() {
        return endpoints.get();
    }

    /** The class of the bean, of which nothing but the name is asked for. */
    static final class ShopJobs {
        private ShopJobs() {}
    }

    /** What resources answered that was none. */
    List<Integer> xaErrors() {
        return xaErrors;
    }

    /** How often a bean was called. */
    int deliveries() {
        return deliveries.get();
    }

    List<String> liveWorks() {
        return threads.stream().filter(Thread::isAlive).map(Thread::getName).toList();
    }

    /** The threads of works, in the order in which they came. */
    List<Thread> works() {
        return threads;
    }

    /** A work may have a moment to live when the adapter is done with it. */
    void awaitNoWork() {
        until("all works have ended", () -> liveWorks().isEmpty());
    }

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it never happened that " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(FakeContainer.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    WorkManager workManager() {
        return proxy(WorkManager.class, (proxy, method, given) -> {
            if (!method.getName().equals("scheduleWork") || given == null || given.length != 4) {
                throw new UnsupportedOperationException(method.toString());
            }
            return schedule((Work) given[0]);
        });
    }

    private @Nullable Object schedule(Work work) throws WorkRejectedException {
        if (rejectsWork) {
            throw new WorkRejectedException("no thread");
        }
        RuntimeException failure = failsWork;
        if (failure != null) {
            throw failure;
        }
        Thread thread = new Thread(work, "container-" + threads.size());
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader().getParent());
        threads.add(thread);
        if (threads.size() <= mostThreads) {
            thread.start();
        }
        return null;
    }

    /** Gives threads to the works that wait for one. */
    void giveThreads() {
        mostThreads = Integer.MAX_VALUE;
        threads.stream().filter(thread -> thread.getState() == Thread.State.NEW).forEach(Thread::start);
    }

    BootstrapContext bootstrap() {
        return proxy(BootstrapContext.class, (proxy, method, given) -> {
            if (!method.getName().equals("getWorkManager")) {
                throw new UnsupportedOperationException(method.toString());
            }
            return workManager();
        });
    }

    /** A factory is equal to itself alone, as the specification has it. */
    MessageEndpointFactory factory() {
        return proxy(MessageEndpointFactory.class, (proxy, method, given) -> switch (method.getName()) {
            case "createEndpoint" -> create((XAResource) Objects.requireNonNull(given)[0]);
            case "isDeliveryTransacted" -> isTransacted;
            case "getActivationName" -> activationName;
            case "getEndpointClass" -> ShopJobs.class;
            case "equals" -> given != null && proxy == given[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "factory";
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private MessageEndpoint create(@Nullable XAResource resource) throws UnavailableException {
        if (refuses) {
            throw new UnavailableException("suspended");
        }
        endpoints.incrementAndGet();
        EndpointCalls calls = new EndpointCalls(isTransacted && enlists ? resource : null);
        return (MessageEndpoint) Proxy.newProxyInstance(
                FakeContainer.class.getClassLoader(),
                new Class<?>[] {MessageEndpoint.class, MessageListener.class},
                (proxy, method, given) -> calls.invoke(method, given));
    }

    /** One endpoint: before, message, after, release. */
    private final class EndpointCalls {
        private final @Nullable XAResource resource;
        private final Xid xid = new BranchId(7, "%08x".formatted(transactions.incrementAndGet()), "01").toXid();
        private String last = "create";

        EndpointCalls(@Nullable XAResource resource) {
            this.resource = resource;
        }

        private void commit() throws ResourceException {
            XAResource ofDelivery = resource;
            if (ofDelivery == null) {
                return;
            }
            try {
                ofDelivery.end(xid, XAResource.TMSUCCESS);
                end.of(ofDelivery, xid);
            } catch (XAException said) { // a container makes of it what it likes
                xaErrors.add(said.errorCode);
            }
        }

        private @Nullable Object invoke(Method method, Object @Nullable [] given)
                throws ResourceException, XAException {
            switch (method.getName()) {
                case "beforeDelivery" -> {
                    expect("create", "beforeDelivery");
                    if (failsBefore) {
                        last = "failed";
                        throw new ResourceException("no delivery now");
                    }
                    if (resource != null) {
                        resource.start(xid, XAResource.TMNOFLAGS);
                    }
                }
                case "onMessage" -> {
                    expect("beforeDelivery", "onMessage");
                    Map<?, ?> record = (Map<?, ?>) Objects.requireNonNull(given)[0];
                    mustBeStandard(record, true);
                    deliveries.incrementAndGet();
                    Deliveries.answer(record, application);
                    RuntimeException thrown = afterwards;
                    if (thrown != null) {
                        throw thrown;
                    }
                }
                case "afterDelivery" -> {
                    expect("onMessage", "afterDelivery");
                    commit();
                    if (failsInAfterDelivery) {
                        throw new ResourceException("no end of the delivery");
                    }
                }
                case "release" -> {
                    if (!last.equals("afterDelivery") && !last.equals("failed")) {
                        mistakes.add("release after " + last);
                    }
                    endpoints.decrementAndGet();
                }
                default -> throw new UnsupportedOperationException(method.toString());
            }
            return null;
        }

        private void expect(String before, String now) {
            if (!last.equals(before)) {
                mistakes.add(now + " after " + last);
            }
            last = now;
        }
    }

    /** A function of ours is one of the JDK's to the other side. */
    private void mustBeStandard(@Nullable Object value, boolean isRecord) {
        if (value == null
                || value instanceof java.util.function.Consumer<?>
                || value instanceof java.util.function.BiFunction<?, ?, ?>) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            if (!(isRecord ? value instanceof Record : value.getClass().getClassLoader() == null)) {
                mistakes.add(value.getClass() + " crosses the boundary");
            }
            map.forEach((key, entry) -> {
                mustBeStandard(key, false);
                mustBeStandard(entry, false);
            });
        } else if (value instanceof Collection<?> many) {
            many.forEach(one -> mustBeStandard(one, false));
        } else if (value.getClass().getClassLoader() != null) {
            mistakes.add(value.getClass() + " crosses the boundary");
        }
    }
}
