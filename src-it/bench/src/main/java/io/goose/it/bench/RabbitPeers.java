package io.goose.it.bench;

import io.goose.it.server.Celery;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Others on the same RabbitMQ, for the record and without a goal: RabbitMQ's own PerfTest with the same window and prefetch, and
 * Celery, which acknowledges late and waits for confirms, as Goose does. Each in a process of its own.
 */
final class RabbitPeers {

    private static final Pattern PERF_RATE = Pattern.compile("(?:sending|receiving) rate avg: (\\d+) msg/s");

    private final RabbitTarget rabbit;
    private final String type;
    private final int threads;
    private final PrintStream out;

    RabbitPeers(RabbitTarget rabbit, String type, int threads, PrintStream out) {
        this.rabbit = rabbit;
        this.type = type;
        this.threads = threads;
        this.out = out;
    }

    void run(int jobs) throws Exception {
        out.println();
        out.println("PerfTest, 1 producer, confirms, window 1000: "
                + perf(jobs, "-x", "1", "-y", "0", "-C", jobs, "-c", 1000) + " messages/s");
        out.println("PerfTest, 1 consumer, prefetch 250, ack each: "
                + perf(jobs, "-x", "0", "-y", "1", "-D", jobs, "-q", 250, "-A", 1) + " messages/s");
        celery(Math.max(1, jobs / 20));
    }

    private String perf(int jobs, Object... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "com.rabbitmq.perf.PerfTest",
                "--uri",
                rabbit.uri(),
                "--queue",
                "perf",
                "--auto-delete",
                "false",
                "--flag",
                "persistent",
                "--size",
                "300"));
        if ("quorum".equals(type)) {
            command.add("--quorum-queue");
        } else {
            command.addAll(List.of("--flag", "mandatory"));
        }
        for (Object option : options) {
            command.add(option.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String written = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher rate = PERF_RATE.matcher(written);
        String last = "";
        while (rate.find()) {
            last = rate.group(1).equals("0") ? last : rate.group(1);
        }
        if (last.isEmpty()) {
            throw new IOException("PerfTest did not say its rate for " + jobs + " messages: " + written);
        }
        return String.format(Locale.ROOT, "%,d", Long.parseLong(last));
    }

    private void celery(int jobs) throws IOException, InterruptedException {
        Process process = Celery.require()
                .run(RabbitPeers.class.getResource("/bench/celery_peer.py"), rabbit.uri(), jobs, threads);
        String written = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("Celery: " + written);
        }
        out.print(written);
    }
}
