package io.goose.it.bench;

import java.io.File;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Executes jobs on one Redis, in alternating rounds with all that watches them and with nothing: a StatsD sink that sends, tracing that
 * does nothing, and the job in the log's MDC. Prints the figures and their ratio. Properties: those of {@link Bench}.
 *
 * <p>Each of the two has classes of its own: the one without must not find an MDC, and neither spoils what the compiler has learnt of
 * the other.
 */
public final class WatchBench {

    private static final PrintStream OUT = System.out;
    private static final int WARM_UP = 6; // rounds, for each of the two has its own classes to compile
    private static final String MDC = "org.slf4j.MDC";

    private final int jobs = Integer.getInteger("bench.jobs", 100_000);
    private final int rounds = Integer.getInteger("bench.rounds", 3);
    private final int threads = Integer.getInteger("bench.threads", 25);

    private WatchBench() {}

    public static void main(String[] arguments) throws Exception {
        new WatchBench().run();
    }

    private void run() throws Exception {
        OUT.printf(
                "JDK %s, %d processors, %d jobs, %d threads, %d rounds of each after six to warm up%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), jobs, threads, rounds);
        List<Measured> without = new ArrayList<>();
        List<Measured> with = new ArrayList<>();
        try (Target redis = new Target();
                DatagramSocket statsd =
                        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) { // never read
            BiConsumer<String, Integer> unwatched = watched(redis.url(), "");
            BiConsumer<String, Integer> watched = watched(redis.url(), "127.0.0.1:" + statsd.getLocalPort());
            for (int round = -WARM_UP; round < rounds; round++) {
                // What is first in a round is the other one in the next: a machine that gets slower favours neither.
                boolean first = round % 2 == 0;
                one(redis, first ? watched : unwatched, round >= 0, first ? with : without);
                one(redis, first ? unwatched : watched, round >= 0, first ? without : with);
            }
            watched.accept("close", 0);
            unwatched.accept("close", 0);
        }
        OUT.println();
        OUT.println(Measured.row("Redis, execute, nothing watches", without));
        OUT.println(Measured.row("Redis, execute, StatsD, tracing and MDC", with));
        OUT.println(Measured.ratio("Redis: watched / not watched (goal 0.90)", with, without));
    }

    private void one(Measured.Server server, BiConsumer<String, Integer> goose, boolean counts, List<Measured> to)
            throws Exception {
        goose.accept("enqueue", jobs);
        Measured.note(counts, to, Measured.of(jobs, server, () -> goose.accept("execute", jobs)));
    }

    private BiConsumer<String, Integer> watched(String url, String statsd) throws Exception {
        Apart apart = new Apart(statsd.isEmpty());
        BiConsumer<String, Integer> goose = within(apart, () -> made(apart, url, statsd));
        return (what, count) -> within(apart, () -> {
            goose.accept(what, count);
            return goose;
        });
    }

    @SuppressWarnings("unchecked") // it is one of these in whatever loader
    private BiConsumer<String, Integer> made(Apart apart, String url, String statsd) {
        try {
            return (BiConsumer<String, Integer>) apart.loadClass(Watched.class.getName())
                    .getConstructor(String.class, Integer.class, String.class)
                    .newInstance(url, threads, statsd);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** With the loader that finds services of its own classes. */
    private static <T> T within(ClassLoader loader, Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The class path once more. */
    private static final class Apart extends URLClassLoader {
        private final boolean hidesMdc;

        private Apart(boolean hidesMdc) {
            super(urls(), ClassLoader.getPlatformClassLoader());
            this.hidesMdc = hidesMdc;
        }

        private static URL[] urls() {
            return Arrays.stream(Objects.requireNonNull(System.getProperty("java.class.path"))
                            .split(File.pathSeparator, -1))
                    .map(WatchBench::url)
                    .toArray(URL[]::new);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (hidesMdc && name.equals(MDC)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
