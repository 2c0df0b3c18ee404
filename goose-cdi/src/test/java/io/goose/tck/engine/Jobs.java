package io.goose.tck.engine;

import io.goose.Job;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The jobs of the scenarios, and what they saw. Thread-safe. */
public class Jobs {

    final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    final Map<Integer, Integer> times = new ConcurrentHashMap<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final AtomicInteger failingRuns = new AtomicInteger();
    final AtomicInteger waitingRuns = new AtomicInteger();
    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch end = new CountDownLatch(1);

    @Job(name = "note")
    public void note(String text) {
        ran.add(text);
    }

    /** Waits until it is interrupted. */
    @Job(name = "hang")
    public void hang() throws InterruptedException {
        waitingRuns.incrementAndGet();
        started.countDown();
        new CountDownLatch(1).await();
    }

    @Job(name = "add-five")
    public int addFive(int number) {
        return number + 5;
    }

    @Job(name = "count")
    public void count(int number) {
        times.merge(number, 1, Integer::sum);
    }

    /** Throws the next of the failures; notes its argument when there is none left. */
    @Job(name = "fail")
    public void fail(String text) throws Throwable {
        failingRuns.incrementAndGet();
        Throwable failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
        ran.add(text);
    }

    /** Waits in its first run, whatever interrupts come. */
    @Job(name = "wait-first")
    public void waitFirst(String text) {
        boolean first = waitingRuns.incrementAndGet() == 1;
        started.countDown();
        boolean interrupted = false;
        while (first && end.getCount() > 0) {
            try {
                end.await();
            } catch (InterruptedException ignoredByTheJob) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        } else {
            ran.add(text);
        }
    }
}
