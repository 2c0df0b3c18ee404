package io.goose.examples.studio.work;

import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.examples.studio.gallery.Gallery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Shows in the gallery that a photo's job failed, and whether it will be tried again. */
@ApplicationScoped
public class TaskFailures implements JobFailureHandler {

    @Inject
    Gallery gallery;

    @Override
    public void onError(JobRun run, Throwable failure) {
        String photo = run.headers().get(Intake.PHOTO_HEADER);
        String task = run.headers().get(Intake.TASK_HEADER);
        if (photo != null && task != null) {
            gallery.taskFailed(photo, task, run.attempt(), reason(failure));
        }
    }

    @Override
    public void onDeath(JobRun run, Throwable failure) {
        String photo = run.headers().get(Intake.PHOTO_HEADER);
        String task = run.headers().get(Intake.TASK_HEADER);
        if (photo != null && task != null) {
            gallery.taskDied(photo, task, run.attempt(), reason(failure));
        }
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
