package io.goose.cdi;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.engine.Eventually;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs one job in an application that names no optional API; answers whether workers run and the headers of the job. */
final class PlainApplication implements Callable<String> {

    private static final BlockingQueue<Map<String, String>> HEADERS = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class Notes {
        @Inject
        JobRun run;

        @Job
        void note() {
            HEADERS.add(run.headers());
        }
    }

    @Override
    public String call() {
        try (TestApplication app = TestApplication.with(Notes.class).start()) {
            app.get(GooseClient.class).performAsync(Notes::note);
            return app.get(Workers.class).isRunning() + " " + Eventually.next(HEADERS);
        }
    }
}
