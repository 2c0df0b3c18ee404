package io.goose.it.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;

/** How fast jobs come out of the ladder of delays that RabbitMQ has without a ledger, if all are due at one moment. */
final class Delays {

    private static final int ENQUEUED_PER_SECOND = 500; // not less than that, on any machine

    private final RabbitTarget rabbit;
    private final String type;
    private final PrintStream out;

    Delays(RabbitTarget rabbit, String type, PrintStream out) {
        this.rabbit = rabbit;
        this.type = type;
        this.out = out;
    }

    void run(int jobs) throws Exception {
        try (GooseUnderTest goose = GooseUnderTest.onRabbit(rabbit.uri(), type, 25)) {
            goose.start();
            Duration ahead = Duration.ofSeconds(5 + jobs / ENQUEUED_PER_SECOND);
            Instant due = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(ahead);
            long used = rabbit.cpuNanos();
            double[] late = goose.lateness(jobs, due);
            double cpu = (rabbit.cpuNanos() - used) / 1e3 / jobs;
            Arrays.sort(late);
            out.printf(
                    Locale.ROOT,
                    "%nladder of delays, %d jobs due at one moment, sent in the %d s before: after it the first %.0f ms, half of them"
                            + " %.0f ms, the last %.0f ms, %,.0f jobs/s, CPU µs/job server %.1f%n",
                    jobs,
                    ahead.toSeconds(),
                    late[0],
                    late[jobs / 2],
                    late[jobs - 1],
                    jobs * 1e3 / late[jobs - 1],
                    cpu);
        }
    }
}
