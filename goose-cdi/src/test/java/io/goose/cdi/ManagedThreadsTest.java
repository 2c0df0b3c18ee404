package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.spi.WorkerThreads;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagedThreadsTest {

    private static final String FACTORY = "java:app/concurrent/jobs";
    private static final Runnable NOTHING = () -> {};

    @BeforeEach
    void names() {
        NamesForTests.install();
    }

    @AfterEach
    void forget() {
        NamesForTests.unbind(FACTORY);
    }

    @Test
    void theServersThread_getsTheName() {
        NamesForTests.bind(FACTORY, (ThreadFactory) Thread::new);
        ManagedThreads threads = new ManagedThreads(FACTORY, null);
        assertThat(threads.newThread("goose-a", NOTHING).getName()).isEqualTo("goose-a");
    }

    @Test
    void theFactory_isLookedUpOnce() {
        NamesForTests.bind(FACTORY, (ThreadFactory) Thread::new);
        ManagedThreads threads = new ManagedThreads(FACTORY, null);
        threads.capture();
        NamesForTests.unbind(FACTORY);
        assertThat(threads.newThread("goose-a", NOTHING)).isNotNull();
    }

    @Test
    void somethingElseThanAFactory_isRefused() {
        NamesForTests.bind(FACTORY, "a text");
        assertThatThrownBy(new ManagedThreads(FACTORY, null)::capture)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("GOOSE-2203: no managed thread factory is at goose.worker.thread-factory="
                        + FACTORY + " (it is a java.lang.String)");
    }

    @Test
    void aFactoryThatMakesNoThread_isARejection() {
        NamesForTests.bind(FACTORY, (ThreadFactory) body -> null);
        refused(
                new ManagedThreads(FACTORY, null),
                "GOOSE-2207: the managed thread factory " + FACTORY
                        + " makes no thread (java.lang.NullPointerException: no thread)");
    }

    @Test
    void aFactoryOfAnEndedApplication_isARejection() {
        NamesForTests.bind(FACTORY, (ThreadFactory) body -> {
            throw new IllegalStateException("the component is gone");
        });
        refused(
                new ManagedThreads(FACTORY, null),
                "GOOSE-2207: the managed thread factory " + FACTORY
                        + " makes no thread (java.lang.IllegalStateException: the component is gone)");
    }

    @Test
    void aBeanThatMakesNoThread_isARejection() {
        WorkerThreads nothing = (name, body) -> null;
        WorkerThreads failing = (name, body) -> {
            throw new UnsupportedOperationException("none today");
        };
        refused(
                new ManagedThreads(FACTORY, nothing),
                "GOOSE-2207: the WorkerThreads bean makes no thread (java.lang.NullPointerException: no thread)");
        refused(
                new ManagedThreads(FACTORY, failing),
                "GOOSE-2207: the WorkerThreads bean makes no thread (java.lang.UnsupportedOperationException: none today)");
    }

    private static void refused(ManagedThreads threads, String message) {
        assertThatThrownBy(() -> threads.newThread("goose-a", NOTHING))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage(message);
    }
}
