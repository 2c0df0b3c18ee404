package io.goose.broker.rabbitmq;

import io.goose.job.JobId;
import io.goose.spi.Sweep;
import java.util.ArrayList;
import java.util.List;

/** What a session has put in order since it last told. Thread-safe. */
final class Happened {

    private final List<JobId> suspects = new ArrayList<>(); // guarded by this
    private final List<JobId> buried = new ArrayList<>(); // guarded by this

    synchronized void suspect(JobId id) {
        suspects.add(id);
    }

    synchronized void buried(JobId id) {
        buried.add(id);
    }

    /** What it was; told once. */
    synchronized Sweep told() {
        if (suspects.isEmpty() && buried.isEmpty()) {
            return Sweep.NOTHING;
        }
        Sweep sweep = new Sweep(List.of(), suspects, buried, 0, 0);
        suspects.clear();
        buried.clear();
        return sweep;
    }
}
