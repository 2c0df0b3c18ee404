package io.goose.examples.run;

/** Runs the photo studio until it is stopped. Settings are system properties; Maven gives them. */
public final class Main {

    private Main() {}

    /**
     * Runs the studio.
     *
     * @param args none
     * @throws RunException if it cannot be run; the message says what to do
     */
    public static void main(String[] args) throws InterruptedException {
        new StudioRun(RunSettings.from(System.getProperties(), System.getenv()), System.out).run();
    }
}
