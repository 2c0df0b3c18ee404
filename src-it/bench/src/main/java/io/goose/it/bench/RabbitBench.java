package io.goose.it.bench;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Enqueues and executes jobs that do nothing (one string, one int) with Goose and with the bare client on queues of the same
 * type with messages of the same size, in alternating rounds on one RabbitMQ, and prints the figures and their ratios; then
 * {@link Delays}, and two peers for the record.
 *
 * <p>Properties: those of {@link Bench}, {@code bench.queue-type} (quorum), {@code bench.delayed} (20000) and {@code bench.peers}
 * (true).
 */
public final class RabbitBench {

    private static final PrintStream OUT = System.out;
    private static final int WINDOW = 1_000;

    /** It tells of each start and stop. Held here, for a logger that nobody holds forgets its level. */
    private static final Logger GOOSE = Logger.getLogger("io.goose");

    private final int jobs = Integer.getInteger("bench.jobs", 100_000);
    private final int rounds = Integer.getInteger("bench.rounds", 3);
    private final int threads = Integer.getInteger("bench.threads", 25);
    private final int delayed = Integer.getInteger("bench.delayed", 20_000);
    private final String type = System.getProperty("bench.queue-type", "quorum");
    private final int alone = jobs / 50; // each waits for the disk
    private final int together = jobs / 5;
    private final List<Measured> bareAlone = new ArrayList<>();
    private final List<Measured> bareTogether = new ArrayList<>();
    private final List<Measured> bareWindow = new ArrayList<>();
    private final List<Measured> bareConsume = new ArrayList<>();
    private final List<Measured> gooseAlone = new ArrayList<>();
    private final List<Measured> gooseTogether = new ArrayList<>();
    private final List<Measured> gooseBulk = new ArrayList<>();
    private final List<Measured> gooseExecute = new ArrayList<>();

    private RabbitBench() {}

    public static void main(String[] arguments) throws Exception {
        GOOSE.setLevel(Level.WARNING);
        new RabbitBench().run();
    }

    private void run() throws Exception {
        JdbcConnectionPool ledger = JdbcConnectionPool.create("jdbc:h2:mem:ledger;DB_CLOSE_DELAY=-1", "sa", "");
        ledger.setMaxConnections(40);
        try (RabbitTarget rabbit = new RabbitTarget()) {
            OUT.printf(
                    "%s, %s queues, JDK %s, %d processors, %d jobs, %d threads, %d rounds after one to warm up%n",
                    rabbit, type, Runtime.version(), Runtime.getRuntime().availableProcessors(), jobs, threads, rounds);
            byte[] body = envelope(rabbit, ledger);
            double[] latencies = new double[0];
            for (int round = 0; round <= rounds; round++) {
                boolean counts = round > 0;
                bare(rabbit, body, counts);
                latencies = goose(rabbit, ledger, counts, round == rounds);
            }
            report(latencies, body.length);
            new Delays(rabbit, type, OUT).run(delayed);
            if (Boolean.parseBoolean(System.getProperty("bench.peers", "true"))) {
                new RabbitPeers(rabbit, type, threads, OUT).run(jobs);
            }
        } finally {
            ledger.dispose();
        }
    }

    /** What Goose sends for such a job. */
    private byte[] envelope(RabbitTarget rabbit, JdbcConnectionPool ledger) throws IOException {
        try (GooseUnderTest goose = GooseUnderTest.onRabbit(rabbit.uri(), type, ledger, threads);
                Connection connection = rabbit.connect()) {
            goose.enqueueOne();
            GetResponse message = connection.createChannel().basicGet("bench:default", true);
            return message.getBody();
        }
    }

    private void bare(RabbitTarget rabbit, byte[] body, boolean counts) throws Exception {
        try (BareRabbit bare = new BareRabbit(rabbit, type, body, threads)) {
            Measured.note(counts, bareAlone, Measured.of(alone, rabbit, () -> bare.publishAlone(alone)));
            Measured.note(counts, bareTogether, Measured.of(together, rabbit, () -> bare.publishTogether(together)));
            bare.clear();
            Measured.note(counts, bareWindow, Measured.of(jobs, rabbit, () -> bare.publishInWindow(jobs, WINDOW)));
            Measured.note(counts, bareConsume, Measured.of(jobs, rabbit, () -> bare.consume(jobs)));
        }
    }

    private double[] goose(RabbitTarget rabbit, JdbcConnectionPool ledger, boolean counts, boolean last)
            throws Exception {
        try (GooseUnderTest goose = GooseUnderTest.onRabbit(rabbit.uri(), type, ledger, threads)) {
            goose.start();
            goose.pause();
            TimeUnit.SECONDS.sleep(2); // a claim that is under way does not see the pause
            Measured.note(counts, gooseAlone, Measured.of(alone, rabbit, () -> goose.enqueueAlone(alone)));
            Measured.note(counts, gooseTogether, Measured.of(together, rabbit, () -> goose.enqueueTogether(together)));
            goose.execute(alone + together);
            goose.pause();
            TimeUnit.SECONDS.sleep(2);
            Measured.note(counts, gooseBulk, Measured.of(jobs, rabbit, () -> goose.enqueueInBulk(jobs)));
            Measured.note(counts, gooseExecute, Measured.of(jobs, rabbit, () -> goose.execute(jobs)));
            return last ? goose.latencies(1_000) : new double[0];
        }
    }

    private void report(double[] latencies, int bytes) {
        OUT.printf("%nenvelope of %d bytes%n", bytes);
        OUT.println(Measured.row("bare publisher, 1 thread, 1 on its way", bareAlone));
        OUT.println(Measured.row("goose performAsync, 1 thread", gooseAlone));
        OUT.println(
                Measured.row("bare publishers, " + threads + " threads, " + threads + " on their way", bareTogether));
        OUT.println(Measured.row("goose performAsync, " + threads + " threads", gooseTogether));
        OUT.println(Measured.row("bare publisher, 1 thread, window " + WINDOW, bareWindow));
        OUT.println(Measured.row("goose performAll, 1 thread", gooseBulk));
        OUT.println(Measured.row("bare consumer, prefetch 250", bareConsume));
        OUT.println(Measured.row("goose execute, " + threads + " threads", gooseExecute));
        OUT.println();
        OUT.println(Measured.ratio("enqueue alone / bare (goal 0.6)", gooseAlone, bareAlone));
        OUT.println(Measured.ratio("enqueue together / bare (goal 0.6)", gooseTogether, bareTogether));
        OUT.println(Measured.ratio("enqueue in bulk / bare with the same window (goal 0.6)", gooseBulk, bareWindow));
        OUT.println(Measured.ratio("execute / bare consumer (goal 0.4)", gooseExecute, bareConsume));
        OUT.println(Measured.latency("pickup latency at 50 jobs/s", latencies) + " (goals 2 and 15)");
    }
}
