package io.goose.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Runs the same work in many threads and waits for all. */
final class Threads {

    private Threads() {}

    /** How many of {@code jobs} the thread number {@code index} of {@code count} does; together they do all of them. */
    static int share(int jobs, int count, int index) {
        return jobs / count + (index < jobs % count ? 1 : 0);
    }

    static void run(int count, IntFunction<Measured.Work> work) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(count);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Measured.Work mine = work.apply(i);
                all.add(pool.submit(() -> {
                    mine.run();
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
