package io.goose.engine.observe;

import io.goose.JobRun;
import io.goose.job.BatchId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says to the log which job runs on a thread: in the MDC of JBoss Log Manager, SLF4J and Log4j, and in Liberty's LogRecordContext, each
 * where it is there. What was there before is put back. Thread-safe.
 */
public final class LogContext implements EngineObserver {

    static final List<String> KEYS = List.of(
            "goose.job.id",
            "goose.job.handler",
            "goose.job.queue",
            "goose.job.attempt",
            "goose.job.batch",
            "goose.job.traceId");

    private static final String TRACE = "traceparent";
    private static final int TRACE_FROM = 3; // 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
    private static final int TRACE_TO = 35;

    private final List<LogStore> stores;
    private final Map<RunBegin, List<Saved>> before = new ConcurrentHashMap<>();

    /** What was there before; null if nothing was. */
    private record Saved(
            LogStore store, String key, @Nullable String value) {

        static Saved of(LogStore store, String key) {
            return new Saved(store, key, store.get(key));
        }

        void putBack() {
            store.set(key, value);
        }
    }

    LogContext(List<LogStore> stores) {
        this.stores = List.copyOf(stores);
    }

    /**
     * One, if there is a log to tell; none otherwise, so that it costs nothing.
     *
     * @param loader that sees what the application logs with
     */
    public static List<LogContext> observers(ClassLoader loader) {
        List<LogStore> stores = LogStore.all(loader);
        return stores.isEmpty() ? List.of() : List.of(new LogContext(stores));
    }

    @Override
    public void runBegan(RunBegin begin) {
        List<@Nullable String> values = values(begin.run());
        List<Saved> saved = new ArrayList<>(stores.size() * KEYS.size());
        before.put(begin, saved); // first: what fails below is to be put back as far as it got
        for (LogStore store : stores) {
            for (int i = 0; i < KEYS.size(); i++) {
                Saved was = Saved.of(store, KEYS.get(i));
                String value = values.get(i);
                if (value != null || was.value() != null || !store.canBeRead()) { // else it is as it should be
                    saved.add(was);
                    store.set(KEYS.get(i), value);
                }
            }
        }
    }

    private static List<@Nullable String> values(JobRun run) {
        List<@Nullable String> values = new ArrayList<>(KEYS.size());
        values.add(run.id().value());
        values.add(run.handler());
        values.add(run.queue());
        values.add(Integer.toString(run.attempt()));
        values.add(run.batch().map(BatchId::value).orElse(null));
        values.add(traceId(run));
        return values;
    }

    /** Members of batches and recurring jobs begin a trace of their own, of which nothing is known here. */
    private static @Nullable String traceId(JobRun run) {
        String parent = run.headers().get(TRACE);
        if (parent == null || run.batch().isPresent() || run.tick().isPresent()) {
            return null;
        }
        boolean known =
                parent.length() > TRACE_TO && parent.charAt(TRACE_FROM - 1) == '-' && parent.charAt(TRACE_TO) == '-';
        return known && isHex(parent) ? parent.substring(TRACE_FROM, TRACE_TO) : null;
    }

    /** Anybody may have written the header, and a log must not get whatever that is. */
    private static boolean isHex(String parent) {
        for (int i = TRACE_FROM; i < TRACE_TO; i++) {
            if (Character.digit(parent.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** In the opposite order: two of them may be views of one. */
    @Override
    public void runEnded(RunEnd run) {
        List<Saved> saved = before.remove(run.begin());
        if (saved == null) {
            return;
        }
        RuntimeException failure = null;
        for (int i = saved.size() - 1; i >= 0; i--) {
            try {
                saved.get(i).putBack();
            } catch (RuntimeException broken) { // the rest is put back all the same
                if (failure == null) {
                    failure = new IllegalStateException("a log could not be told that a job has ended", broken);
                } else {
                    failure.addSuppressed(broken);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
