package io.goose.it.chaos;

import com.zaxxer.hikari.HikariDataSource;
import io.goose.se.Goose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A process that works until it is killed, or until its standard input ends, which is an orderly stop.
 *
 * <p>Arguments: the file for the runs, the number of threads, the lease in seconds, then the broker's properties as
 * {@code key=value}.
 */
public final class WorkerProcess {

    // Held here, for a logger that nobody holds forgets its level.
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger REFUSED_OUTCOMES = Logger.getLogger("io.goose.engine.worker.Settler");
    private static final Logger FAILURES = Logger.getLogger("io.goose.engine.run.JobRunner");

    private WorkerProcess() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> broker = new HashMap<>();
        for (int i = 3; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            broker.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        Duration lease = Duration.ofSeconds(Long.parseLong(arguments[2]));
        setUpLogging();
        try (RunLog log = new RunLog(Path.of(arguments[0]));
                HikariDataSource pool = ChaosEngine.pool(broker);
                Goose goose = ChaosEngine.worker(broker, pool, Integer.parseInt(arguments[1]), lease, log)) {
            goose.start();
            while (System.in.read() >= 0) {
                // nothing is said to us: only the end counts
            }
        }
    }

    /** Outcomes that came too late are said, failures that are meant to happen are not; a job's death still is. */
    private static void setUpLogging() {
        for (Handler handler : ROOT.getHandlers()) {
            handler.setLevel(Level.FINE);
        }
        REFUSED_OUTCOMES.setLevel(Level.FINE);
        FAILURES.setLevel(Level.SEVERE);
    }
}
