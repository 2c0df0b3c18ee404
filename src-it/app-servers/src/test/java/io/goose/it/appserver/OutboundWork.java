package io.goose.it.appserver;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A row and a job on each of two queues. */
enum OutboundWork implements XaWork {
    /** The database takes part first. */
    ROW_FIRST("cdi", "rowFirst"),
    /** Goose takes part first. */
    JOBS_FIRST("ejb", "jobsFirst");

    private final String unit;
    private final String what;

    OutboundWork(String unit, String what) {
        this.unit = unit;
        this.what = what;
    }

    @Override
    public int parts() {
        return 2;
    }

    @Override
    public CompletableFuture<?> begin(XaServer server, String key) {
        return server.posting("work/" + unit + "/" + what + "/commit/" + key);
    }

    @Override
    public List<String> rows(String key, boolean committed) {
        return committed ? List.of(key) : List.of();
    }

    @Override
    public List<String> jobs(String key, boolean committed) {
        return committed ? List.of(key + "/mail", key + "/order") : List.of();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
