package io.goose.it.chaos;

import io.goose.Job;
import io.goose.JobCall;
import io.goose.RetryLater;
import io.goose.se.Goose;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Jobs whose work and end are one transaction: each writes that it was done, and enqueues another job. */
final class WholeJobs {

    private static final Duration SOON = Duration.ofMillis(100);

    private final DataSource source;
    private final Supplier<Goose> goose;
    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    WholeJobs(DataSource source, Supplier<Goose> goose) {
        this.source = source;
        this.goose = goose;
    }

    /** Of three in a row the last fails at first, when all its work is done. */
    @Job(name = Way.WHOLE, queue = Way.WHOLE, transactional = true)
    void whole(int number) throws Exception {
        String id = goose.get().currentRun().id().value();
        Business.noteEffect(source, id);
        Business.write(
                source, goose.get().client().performAsync(JobCall.of(Way.NOTED)).value());
        if (number % 3 == 2 && failed.add(id)) {
            throw new RetryLater(SOON);
        }
    }
}
