package io.goose.it.chaos;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.se.Goose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * A process that enqueues in transactions, one after the other, or runs jobs that are transactions, until it comes to the step
 * at which it dies. Some of its transactions roll back, some have another one inside.
 *
 * <p>Arguments: the {@link Way}, the database's address and user, the address of Redis, the step as a pattern of {@link Watch},
 * which time the step counts, {@link #HALT} or {@link #HOLD}, and the lease of a worker in seconds.
 */
public final class TransactionProcess {

    /** The process ends at the step, as by {@code kill -9}. */
    static final String HALT = "halt";

    /** The process says {@link #HELD} at the step and goes on when it is sent a byte. */
    static final String HOLD = "hold";

    static final String HELD = "held at the step";

    /** What is said when the step was not reached, before an orderly end. */
    static final String SURVIVED = "the step was not reached";

    static final int KILLED = 137;

    /** So that a step of the relay, which works beside the transactions, comes before they end. */
    private static final int MOST_TRANSACTIONS = 3_000;

    private static final int CONNECTIONS = 6;

    private final DataSource source;
    private final GooseClient goose;

    private TransactionProcess(DataSource source, GooseClient goose) {
        this.source = source;
        this.goose = goose;
    }

    public static void main(String[] arguments) throws Exception {
        Way way = Way.valueOf(arguments[0]);
        CrashPoint point = new CrashPoint(
                Pattern.compile(arguments[4]),
                Integer.parseInt(arguments[5]),
                arguments[6].equals(HALT) ? () -> Runtime.getRuntime().halt(KILLED) : TransactionProcess::hold);
        try (EnlistingPool source = new EnlistingPool(arguments[1], arguments[2], CONNECTIONS, point)) {
            if (way == Way.COMPLETE) {
                point.arm();
                work(way.mortalWorker(source, arguments[3], Duration.ofSeconds(Long.parseLong(arguments[7]))));
            } else {
                enqueue(source, way.client(source, arguments[3]), point);
            }
            System.out.println(SURVIVED);
        }
    }

    private static void work(Goose worker) throws IOException {
        try (worker) {
            worker.start();
            while (System.in.read() >= 0) {
                // nothing is said to us: only the end counts
            }
        }
    }

    private static void enqueue(DataSource source, Goose client, CrashPoint point) throws Exception {
        try (client) {
            client.start();
            point.arm();
            TransactionProcess process = new TransactionProcess(source, client.client());
            for (int number = 0; number < MOST_TRANSACTIONS; number++) {
                process.transaction(number);
            }
        }
    }

    private static void hold() {
        System.out.println(HELD);
        try {
            if (System.in.read() < 0) {
                throw new IllegalStateException("nobody is there who would say how to go on");
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Of three in a row the last rolls back, and in each second one another transaction begins and commits. */
    private void transaction(int number) throws Exception {
        try {
            Jta.required(() -> {
                enqueue();
                if (number % 2 == 1) {
                    Jta.requiresNew(this::enqueue);
                }
                enqueue();
                if (number % 3 == 2) {
                    throw new RolledBack();
                }
            });
        } catch (RolledBack asIntended) {
            if (number % 3 != 2) {
                throw asIntended;
            }
        }
    }

    private void enqueue() throws Exception {
        Business.write(source, goose.performAsync(JobCall.of(Way.NOTED)).value());
    }

    /** Why a transaction is rolled back. */
    private static final class RolledBack extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
