package io.goose.examples.run;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another process does: it can only be asked again and again. */
final class Waiting {

    private static final long STEP_MILLIS = 100;

    private Waiting() {}

    /**
     * Waits until {@code reached}, at most {@code patience}.
     *
     * @return whether it was reached
     */
    static boolean until(Duration patience, BooleanSupplier reached) {
        long start = System.nanoTime();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return reached.getAsBoolean();
            }
        }
        return true;
    }
}
