package io.goose.it.chaos;

import io.goose.se.Goose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A process that works until it is killed, or until its standard input ends, which is an orderly stop.
 *
 * <p>Arguments: the file for the runs, the number of threads, the lease in seconds, then the broker's properties as
 * {@code key=value}.
 */
public final class WorkerProcess {

    private WorkerProcess() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> broker = new HashMap<>();
        for (int i = 3; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            broker.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        Duration lease = Duration.ofSeconds(Long.parseLong(arguments[2]));
        try (RunLog log = new RunLog(Path.of(arguments[0]));
                Goose goose = ChaosEngine.worker(broker, Integer.parseInt(arguments[1]), lease, log)) {
            goose.start();
            while (System.in.read() >= 0) {
                // nothing is said to us: only the end counts
            }
        }
    }
}
