package io.goose.it.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One round: how long so many jobs took, and how much processor time on both sides.
 *
 * @param jobs how many
 * @param nanos elapsed
 * @param clientNanos processor time of this process
 * @param serverNanos processor time of the server's processes
 */
record Measured(int jobs, long nanos, long clientNanos, long serverNanos) {

    /** What is measured. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** What the work is done on. */
    interface Server {
        /** Processor time that it has used so far. */
        long cpuNanos();
    }

    static Measured of(int jobs, Server server, Work work) throws Exception {
        OperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long used = server.cpuNanos();
        long client = os.getProcessCpuTime();
        long begun = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - begun;
        return new Measured(jobs, nanos, os.getProcessCpuTime() - client, server.cpuNanos() - used);
    }

    /** The same time for another number of jobs, which was not known before. */
    Measured of(int counted) {
        return new Measured(counted, nanos, clientNanos, serverNanos);
    }

    double perSecond() {
        return jobs * 1e9 / nanos;
    }

    static double median(List<Measured> rounds) {
        return median(rounds.stream().mapToDouble(Measured::perSecond).toArray());
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Keeps a round; not one that only warms up. */
    static void note(boolean counts, List<Measured> rounds, Measured one) {
        if (counts) {
            rounds.add(one);
        }
    }

    /** The ratio of two medians. */
    static String ratio(String what, List<Measured> ours, List<Measured> theirs) {
        return String.format(Locale.ROOT, "%-56s %.2f", what, median(ours) / median(theirs));
    }

    /** The median and the 99th percentile of times. */
    static String latency(String what, double[] millis) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "%s: p50 %.2f ms, p99 %.2f ms",
                what,
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100]);
    }

    static String row(String what, List<Measured> rounds) {
        double[] rates =
                rounds.stream().mapToDouble(Measured::perSecond).sorted().toArray();
        double client = median(
                rounds.stream().mapToDouble(m -> m.clientNanos / 1e3 / m.jobs).toArray());
        double server = median(
                rounds.stream().mapToDouble(m -> m.serverNanos / 1e3 / m.jobs).toArray());
        return String.format(
                Locale.ROOT,
                "%-46s %,10.0f jobs/s  (%,.0f – %,.0f)   CPU µs/job client %6.1f  server %5.1f",
                what,
                median(rates),
                rates[0],
                rates[rates.length - 1],
                client,
                server);
    }
}
