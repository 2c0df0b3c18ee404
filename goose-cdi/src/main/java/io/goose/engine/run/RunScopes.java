package io.goose.engine.run;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.retry.FailureLog;
import org.jspecify.annotations.Nullable;

/** Opens and closes the surroundings of runs. Thread-safe. */
final class RunScopes {

    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());

    private final JobScope scope;

    RunScopes(JobScope scope) {
        this.scope = scope;
    }

    /** Opens the surroundings; null if the server goes down and gives none any more. Otherwise it is not the job's failure. */
    JobScope.@Nullable Open open(Attempt attempt) {
        try {
            return scope.open();
        } catch (RuntimeException | Error unopened) {
            if (attempt.stopping()) {
                return null;
            }
            throw unopened;
        }
    }

    /** What fails here is not the job's failure: what has been decided stays decided. */
    boolean close(JobScope.Open opened, Attempt attempt) {
        try {
            opened.close();
            return true;
        } catch (Throwable unclosed) {
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4107: the surroundings of job " + attempt.id()
                            + " could not be closed; its outcome is unchanged",
                    unclosed);
            return false;
        }
    }
}
