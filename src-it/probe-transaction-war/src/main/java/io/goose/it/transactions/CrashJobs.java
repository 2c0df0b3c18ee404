package io.goose.it.transactions;

import io.goose.Job;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Transactional jobs during which the server is killed. What they do bears the number of the process that did it. */
@ApplicationScoped
public class CrashJobs {

    @Inject
    Targets targets;

    /** Writes a row and enqueues a job; then it waits, or writes to another database too, or ends. */
    @Job(queue = "whole", transactional = true)
    public void work(String step, String broker, String key) throws Exception {
        String mine = key + "/" + ProcessHandle.current().pid();
        targets.target(broker).send(mine);
        switch (step) {
            case "held" -> Hold.at(key);
            case "two" -> Rows.insert(Targets.source("second"), mine);
            case "ends" -> {}
            default -> throw new IllegalArgumentException(step);
        }
    }
}
