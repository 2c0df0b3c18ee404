package io.goose.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BatchOptions;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.RetryDelay;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log knows of the job that runs on a thread. */
@Timeout(60)
class LogContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();
    private final BlockingQueue<Map<String, String>> extended = new LinkedBlockingQueue<>();

    /** As those of SLF4J, Log4j and JBoss Log Manager. */
    public static final class Mdc {
        private static final ThreadLocal<Map<String, String>> OF = ThreadLocal.withInitial(HashMap::new);

        private Mdc() {}

        public static void put(String key, String value) {
            OF.get().put(key, value);
        }

        public static void remove(String key) {
            OF.get().remove(key);
        }

        public static String get(String key) {
            return OF.get().get(key);
        }

        static Map<String, String> copy() {
            return Map.copyOf(OF.get());
        }
    }

    /** As Liberty's: it answers, and cannot be read. */
    public static final class Extensions {
        private static final ThreadLocal<Map<String, String>> OF = ThreadLocal.withInitial(HashMap::new);

        private Extensions() {}

        public static void addExtension(String key, String value) {
            OF.get().put(key, value);
        }

        public static boolean removeExtension(String key) {
            return OF.get().remove(key) != null;
        }
    }

    private static LogContext context() {
        try {
            return new LogContext(List.of(
                    LogStore.of(Mdc.class, "put", "remove", "get"),
                    LogStore.of(Extensions.class, "addExtension", "removeExtension", null),
                    LogStore.of(Mdc.class, "put", "remove", "get"))); // another view of the first, as on WildFly
        } catch (ReflectiveOperationException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private TestEngine.Builder engine() {
        return TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                .threads(1)
                .observer(context())
                .job("look", arguments -> {
                    seen.add(Mdc.copy());
                    extended.add(Map.copyOf(Extensions.OF.get()));
                    return null;
                })
                .job(
                        "fail",
                        JobOptions.builder()
                                .retryDelay(RetryDelay.fixed(Duration.ofHours(1)))
                                .build(),
                        List.of(),
                        a -> {
                            throw new IllegalStateException("no");
                        });
    }

    @Test
    void aJobIsKnownWhileItRuns_andNotAfterwards() {
        AtomicReference<Map<String, String>> after = new AtomicReference<>();
        EngineObserver before = new EngineObserver() { // outside of the other
                    @Override
                    public void runBegan(RunBegin run) {
                        Mdc.put("goose.job.queue", "what was there");
                        Mdc.put("user", "ann");
                    }
                };
        EngineObserver later = new EngineObserver() {
            @Override
            public void runEnded(RunEnd run) {
                after.set(Mdc.copy());
            }
        };
        try (TestEngine engine = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                .observer(before)
                .observer(context())
                .observer(later)
                .job("look", arguments -> {
                    seen.add(Mdc.copy());
                    return null;
                })
                .start()) {
            JobId id = engine.client()
                    .with(options -> options.header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"))
                    .performAsync(JobCall.of("look"));

            assertThat(Eventually.next(seen))
                    .isEqualTo(Map.of(
                            "goose.job.id", id.value(),
                            "goose.job.handler", "look",
                            "goose.job.queue", "default",
                            "goose.job.attempt", "1",
                            "goose.job.traceId", TRACE,
                            "user", "ann"));
            Eventually.until("it has ended", () -> after.get() != null);
            assertThat(after.get()).isEqualTo(Map.of("goose.job.queue", "what was there", "user", "ann"));
        }
    }

    /** A log that cannot be told that nothing is there any more. */
    public static final class Sticky {
        private Sticky() {}

        public static void put(String key, String value) {
            // it keeps none
        }

        public static void remove(String key) {
            if (key.equals("goose.job.id")) { // which each job has, so not when it begins
                throw new IllegalStateException("cannot remove " + key);
            }
        }
    }

    @Test
    void aLogThatFails_doesNotKeepOthersFromBeingToldOfTheEnd() throws ReflectiveOperationException {
        AtomicReference<Map<String, String>> after = new AtomicReference<>();
        EngineObserver later = new EngineObserver() {
            @Override
            public void runEnded(RunEnd run) {
                after.set(Mdc.copy());
            }
        };
        try (LogCapture log = LogCapture.open();
                TestEngine engine = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                        .observer(new LogContext(List.of(
                                LogStore.of(Mdc.class, "put", "remove", "get"),
                                LogStore.of(Sticky.class, "put", "remove", null))))
                        .observer(later)
                        .job("look", arguments -> {
                            seen.add(Mdc.copy());
                            return null;
                        })
                        .start()) {
            engine.client().performAsync(JobCall.of("look"));

            assertThat(Eventually.next(seen)).containsKey("goose.job.id");
            Eventually.until("it has ended", () -> after.get() != null);
            assertThat(after.get()).isEmpty();
            assertThat(log.count("GOOSE-4150")).isEqualTo(1);
        }
    }

    @Test
    void aMemberIsKnownByItsBatch_andAHeaderThatIsNoTraceIsNotLogged() {
        try (TestEngine engine = engine().start()) {
            BatchId batch = engine.client().performBatch(BatchOptions.builder().build(), List.of(JobCall.of("look")));
            assertThat(Eventually.next(seen)).containsEntry("goose.job.batch", batch.value());

            engine.client()
                    .with(options -> options.header("traceparent", "00-forged\nentry of a log, and more -x-01"))
                    .performAsync(JobCall.of("look"));
            assertThat(Eventually.next(seen)).doesNotContainKeys("goose.job.traceId", "goose.job.batch");
        }
    }

    @Test
    void afterAFailure_nothingIsLeftForTheNext() {
        try (LogCapture log = LogCapture.open();
                TestEngine engine = engine().start()) {
            engine.client().performAsync(JobCall.of("fail"));
            Eventually.until("it has failed", () -> log.count("GOOSE-4104") == 1);
            JobId id = engine.client().performAsync(JobCall.of("look"));

            assertThat(Eventually.next(seen))
                    .containsEntry("goose.job.id", id.value())
                    .hasSize(4);
            assertThat(Eventually.next(extended))
                    .containsEntry("goose.job.id", id.value())
                    .hasSize(4);
        }
    }

    @Test
    void whatTheApplicationLogsWith_isFoundByItsName() throws ReflectiveOperationException {
        ClassLoader own = LogContextTest.class.getClassLoader();
        assertThat(LogStore.all(own)).as("SLF4J is here").hasSize(1);
        LogStore slf4j = LogStore.all(own).get(0);
        slf4j.set("goose.job.id", "1");
        Object read =
                Class.forName("org.slf4j.MDC").getMethod("get", String.class).invoke(null, "goose.job.id");
        assertThat(read).isEqualTo("1").isEqualTo(slf4j.get("goose.job.id"));
        slf4j.set("goose.job.id", null);
        assertThat(slf4j.get("goose.job.id")).isNull();

        assertThat(LogContext.observers(ClassLoader.getPlatformClassLoader())).isEmpty();
    }
}
