package io.goose.engine.batch;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the header of a step's job says.
 *
 * @param queue where the jobs are that begin steps
 */
record StepMark(BatchId workflow, String queue, int step) {

    private static final Pattern FORM = Pattern.compile("(\\S+)@(\\S+) (\\d{1,9}) \\S+");

    static Optional<StepMark> read(String header) {
        Matcher parts = FORM.matcher(header);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new StepMark(BatchId.of(parts.group(1)), parts.group(2), Integer.parseInt(parts.group(3))));
        } catch (IllegalArgumentException noBatch) {
            return Optional.empty();
        }
    }

    BatchId batch() {
        return WorkflowPlan.batch(workflow, step);
    }

    JobId job() {
        return batch().member(0);
    }
}
