package io.goose.it.chaos;

import java.util.regex.Pattern;

/** The steps at which a process is killed. What a step looks like on the connection is said as {@link Watch} does. */
enum CrashStep {
    JOIN_BEFORE_A_JOB_IS_WRITTEN(Way.JOIN, "^(?!.*INTO goose_job.* >> ).* >> before INSERT INTO goose_job"),
    JOIN_JOB_WRITTEN_BUSINESS_NOT(Way.JOIN, "^(?!.*INTO business).* >> after INSERT INTO goose_job"),
    JOIN_BETWEEN_TWO_JOBS(Way.JOIN, "INTO business.* >> before INSERT INTO goose_job"),
    JOIN_BEFORE_THE_COMMIT(Way.JOIN, "INTO goose_job.*INTO goose_job.* >> before commit"),
    JOIN_AFTER_THE_COMMIT(Way.JOIN, "INTO goose_job.*INTO goose_job.* >> after commit"),
    JOIN_BEFORE_THE_ROLLBACK(Way.JOIN, "INTO goose_job.* >> before rollback"),
    JOIN_AFTER_THE_ROLLBACK(Way.JOIN, "INTO goose_job.* >> after rollback"),
    JOIN_INNER_COMMITTED_OUTER_NOT(Way.JOIN, "^(?!.*INTO business.*INTO business).*INTO goose_job.* >> after commit"),

    OUTBOX_BEFORE_A_JOB_IS_WRITTEN(Way.OUTBOX, "^(?!.*INTO goose_outbox.* >> ).* >> before INSERT INTO goose_outbox"),
    OUTBOX_BETWEEN_TWO_JOBS(Way.OUTBOX, "INTO business.* >> before INSERT INTO goose_outbox"),
    OUTBOX_BEFORE_THE_COMMIT(Way.OUTBOX, "INTO goose_outbox.*INTO goose_outbox.* >> before commit"),
    OUTBOX_AFTER_THE_COMMIT(Way.OUTBOX, "INTO goose_outbox.*INTO goose_outbox.* >> after commit"),
    OUTBOX_AFTER_THE_ROLLBACK(Way.OUTBOX, "INTO goose_outbox.* >> after rollback"),
    OUTBOX_INNER_COMMITTED_OUTER_NOT(
            Way.OUTBOX, "^(?!.*INTO business.*INTO business).*INTO goose_outbox.* >> after commit"),

    RELAY_BEFORE_IT_TAKES(Way.OUTBOX, " >> before SELECT .* FROM goose_outbox"),
    RELAY_TAKEN_AND_NOT_SENT(Way.OUTBOX, " >> after SELECT .* FROM goose_outbox.*" + Watch.FOUND),
    /** Redis has the jobs; the answer is on its way when the process dies. */
    RELAY_SENT_AND_NOT_ANSWERED(Way.OUTBOX, " >> after SELECT .* FROM goose_outbox.*" + Watch.FOUND),
    RELAY_ANSWERED_AND_NOT_DELETED(Way.OUTBOX, " >> before .*DELETE FROM goose_outbox"),
    RELAY_BEFORE_THE_COMMIT(Way.OUTBOX, "DELETE FROM goose_outbox.* >> before commit"),
    RELAY_AFTER_THE_COMMIT(Way.OUTBOX, "DELETE FROM goose_outbox.* >> after commit"),

    COMPLETE_LEASED_AND_NOT_TAKEN(Way.COMPLETE, "^ >> before .*DELETE FROM goose_job"),
    COMPLETE_TAKEN_AND_NOTHING_DONE(Way.COMPLETE, "^ >> after .*DELETE FROM goose_job"),
    COMPLETE_IN_THE_WORK(Way.COMPLETE, "DELETE FROM goose_job.*INTO effect.* >> before INSERT INTO goose_job"),
    COMPLETE_BEFORE_THE_COMMIT(Way.COMPLETE, "DELETE FROM goose_job.*INTO effect.* >> before commit"),
    COMPLETE_AFTER_THE_COMMIT(Way.COMPLETE, "DELETE FROM goose_job.*INTO effect.* >> after commit"),
    COMPLETE_BEFORE_THE_ROLLBACK(Way.COMPLETE, "DELETE FROM goose_job.*INTO effect.* >> before rollback"),
    COMPLETE_AFTER_THE_ROLLBACK(Way.COMPLETE, "DELETE FROM goose_job.*INTO effect.* >> after rollback");

    final Way way;
    final Pattern pattern;

    CrashStep(Way way, String pattern) {
        this.way = way;
        this.pattern = Pattern.compile(pattern);
    }
}
