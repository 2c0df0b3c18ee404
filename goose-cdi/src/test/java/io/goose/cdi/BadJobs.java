package io.goose.cdi;

import io.goose.AsyncJob;
import io.goose.Job;
import io.goose.RetryDelay;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ConversationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Named;
import jakarta.transaction.Transactional;
import java.io.InputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Job declarations that are wrong, one kind each. */
@SuppressWarnings({"unused", "UnusedMethod", "UnusedVariable"})
final class BadJobs {

    private BadJobs() {}

    @ApplicationScoped
    static class TransactionalElsewhere {
        @Job(transactional = true)
        public void run() {}
    }

    @ApplicationScoped
    static class TransactionalApart {
        @Job(queue = "unserved", transactional = true)
        @Transactional(Transactional.TxType.REQUIRES_NEW)
        public void run() {}
    }

    @ApplicationScoped
    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    static class TransactionalApartByClass {
        @AsyncJob(queue = "unserved", transactional = true)
        public void run() {}
    }

    @ApplicationScoped
    static class Private {
        @Job
        private void run() {}
    }

    @ApplicationScoped
    static class Static {
        @Job
        static void run() {}
    }

    @Dependent
    static class Final {
        @Job
        public final void run() {}
    }

    @Dependent
    static final class FinalClass {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    static class FinalAsync {
        @AsyncJob
        public final void run() {}
    }

    @Dependent
    static final class FinalAsyncClass {
        @AsyncJob
        public void run() {}
    }

    @ApplicationScoped
    static class Both {
        @Job
        @AsyncJob
        public void run() {}
    }

    @ApplicationScoped
    static class AsyncReturns {
        @AsyncJob
        public String run() {
            return "";
        }
    }

    @ApplicationScoped
    static class AsyncReturnsInt {
        @AsyncJob
        public int run() {
            return 1;
        }
    }

    @ApplicationScoped
    static class ReturnsStage {
        @Job
        public CompletionStage<String> run() {
            return CompletableFuture.completedFuture("");
        }
    }

    @ApplicationScoped
    static class EjbAsynchronous {
        @AsyncJob
        @jakarta.ejb.Asynchronous
        public void run() {}
    }

    @ApplicationScoped
    static class ConcurrencyAsynchronous {
        @Job
        @jakarta.enterprise.concurrent.Asynchronous
        public void run() {}
    }

    @ApplicationScoped
    static class FaultToleranceAsynchronous {
        @Job
        @org.eclipse.microprofile.faulttolerance.Asynchronous
        public void run() {}
    }

    @jakarta.ejb.Asynchronous
    @ApplicationScoped
    static class EjbAsynchronousClass {
        @Job
        public void run() {}
    }

    @jakarta.enterprise.concurrent.Asynchronous
    @ApplicationScoped
    static class ConcurrencyAsynchronousClass {
        @Job
        public void run() {}
    }

    @org.eclipse.microprofile.faulttolerance.Asynchronous
    @ApplicationScoped
    static class FaultToleranceAsynchronousClass {
        @Job
        public void run() {}
    }

    @jakarta.ejb.Asynchronous
    static class AsynchronousParent {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    static class ByAsynchronousParent extends AsynchronousParent {}

    @ApplicationScoped
    static class Stream {
        @Job
        public void run(String name, InputStream in) {}
    }

    @ApplicationScoped
    static class FreeVariable {
        @Job
        public <T> void run(T value) {}
    }

    @Dependent
    static class FreeClassVariable<T> {
        @Job
        public void run(List<T> values) {}
    }

    @ApplicationScoped
    static class BadQueue {
        @Job(queue = "my queue")
        public void run() {}
    }

    @ApplicationScoped
    static class BadRetryQueue {
        @Job(retryQueue = "{slow}")
        public void run() {}
    }

    @ApplicationScoped
    static class NegativeRetries {
        @Job(maxRetries = -2)
        public void run() {}
    }

    @ApplicationScoped
    static class BadDelay {
        @AsyncJob(retryDelay = "5s")
        public void run() {}
    }

    @ApplicationScoped
    static class BadTimeout {
        @Job(timeout = "5 minutes")
        public void run() {}
    }

    @ApplicationScoped
    static class NoTimeout {
        @AsyncJob(timeout = "PT0S")
        public void run() {}
    }

    @ApplicationScoped
    static class BadName {
        @Job(name = "send mail")
        public void run() {}
    }

    @ApplicationScoped
    static class LongName {
        static final String NAME = "0123456789012345678901234567890123456789012345678901234567890123"
                + "0123456789012345678901234567890123456789012345678901234567890123"
                + "0123456789012345678901234567890123456789012345678901234567890123"
                + "0123456789012345678901234567890123456789012345678901234567890123";

        @Job(name = NAME)
        public void run() {}
    }

    @ApplicationScoped
    static class EmptyAlias {
        @Job(aliases = "")
        public void run() {}
    }

    @ApplicationScoped
    static class AliasIsName {
        @Job(name = "mail", aliases = "mail")
        public void run() {}
    }

    @ApplicationScoped
    static class UnknownDelay {
        @Job(retryDelay = "named:slwo")
        public void run() {}
    }

    @Named("slow")
    @ApplicationScoped
    static class Slow implements RetryDelay.Custom {
        @Override
        public Duration delay(int retryCount, Throwable failure) {
            return Duration.ofHours(1);
        }
    }

    @ApplicationScoped
    static class UnknownBroker {
        @AsyncJob(broker = "reports")
        public void run() {}
    }

    @SessionScoped
    static class InSession implements Serializable {
        @Job
        public void run() {}
    }

    @ConversationScoped
    static class InConversation implements Serializable {
        @Job
        public void run() {}
    }

    @AsyncJob
    @ApplicationScoped
    static class AsyncClass {
        public void run() {}
    }

    interface AsyncContract {
        @AsyncJob
        void run();
    }

    @ApplicationScoped
    static class AsyncByInterface implements AsyncContract {
        @Override
        public void run() {}
    }

    @ApplicationScoped
    static class AsyncParent {
        @AsyncJob(name = "parent")
        public void run() {}
    }

    @ApplicationScoped
    static class AsyncByParent extends AsyncParent {
        @Override
        public void run() {}
    }

    @jakarta.ejb.MessageDriven
    static class MessageDriven {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    static class SameNameOne {
        @Job(name = "mail")
        public void run() {}
    }

    @ApplicationScoped
    static class SameNameTwo {
        @Job(name = "mail")
        public void run() {}
    }

    @ApplicationScoped
    static class AliasTaken {
        @Job(aliases = "mail")
        public void run() {}
    }

    @ApplicationScoped
    static class Overloaded {
        @Job
        public void run(String text) {}

        @Job
        public void run(int number) {}
    }

    interface Narrow {}

    @Typed(Narrow.class)
    @ApplicationScoped
    static class Hidden implements Narrow {
        @Job
        public void run() {}
    }

    @ApplicationScoped
    static class Good {
        @Job
        public void run() {}

        @AsyncJob
        public JobId later() {
            return null;
        }
    }
}
