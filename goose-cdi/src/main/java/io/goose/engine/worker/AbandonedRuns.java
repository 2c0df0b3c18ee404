package io.goose.engine.worker;

import static java.lang.System.Logger.Level.ERROR;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/**
 * Runs that ignored their interrupt and outlive their worker: logged with their stack, at once and every minute until they
 * end. The JDK's own delaying thread does it, for all of ours have gone.
 */
final class AbandonedRuns {

    private static final System.Logger LOG = System.getLogger(AbandonedRuns.class.getName());

    private AbandonedRuns() {}

    static void report(Collection<LeasedJob> runs) {
        runs.forEach(AbandonedRuns::report);
    }

    private static void report(LeasedJob run) {
        Thread thread = run.runner();
        if (thread == null) {
            return; // it has ended meanwhile
        }
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            stack.append("\n\tat ").append(frame);
        }
        LOG.log(
                ERROR,
                () -> "GOOSE-4007: job " + run.lease().job().id() + " ignores its interrupt and still runs on thread '"
                        + thread.getName()
                        + "' after its worker stopped; its lease is not renewed, so another worker will run it too. Make"
                        + " the job obey Thread.interrupt() or JobRun.isCancelled(). It is at" + stack);
        after(Duration.ofMinutes(1), () -> report(run));
    }

    /**
     * Runs it later. The JDK keeps its delaying thread for good once there is one, and a thread keeps the class loaders of
     * whoever starts it; so a thread of the common pool does, when nothing of ours is on its stack.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    static void after(Duration delay, Runnable task) {
        Executor delayed = CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        begun.thenRunAsync(task, delayed);
        begun.completeAsync(() -> true, ForkJoinPool.commonPool());
    }
}
