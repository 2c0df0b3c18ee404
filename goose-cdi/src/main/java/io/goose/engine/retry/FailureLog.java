package io.goose.engine.retry;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * Logs what others threw. Such a throwable may itself fail when its text is made, and a log may fail; whoever decides what
 * becomes of a job or keeps a loop alive must not be disturbed by either.
 */
public final class FailureLog {

    private FailureLog() {}

    /** Logs {@code text} and {@code failure}, or its type where it cannot be printed. Never throws. */
    public static void log(Logger logger, Level level, Supplier<String> text, Throwable failure) {
        try {
            logger.log(level, text, failure);
        } catch (Throwable unprintable) {
            logType(logger, level, text, failure);
        }
    }

    private static void logType(Logger logger, Level level, Supplier<String> text, Throwable failure) {
        try {
            logger.log(level, text.get() + " (a " + failure.getClass().getName() + " that cannot be printed)");
        } catch (Throwable mute) {
            // The log itself is broken: there is nobody left to tell. A job's failure is still in its record.
        }
    }
}
