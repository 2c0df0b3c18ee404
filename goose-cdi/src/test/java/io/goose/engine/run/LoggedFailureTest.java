package io.goose.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.handler.JobDefinition;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.reflect.Type;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a log says of a job that failed, and of its arguments. */
@Timeout(60)
class LoggedFailureTest {

    private static final String SECRET = "tr0ub4dor&3";

    /** A job with three parameters, of which the second is sensitive; runs once. */
    private static JobDefinition job(Function<List<Object>, RuntimeException> failure) {
        return job(failure, String.class);
    }

    private static JobDefinition job(Function<List<Object>, RuntimeException> failure, Type first) {
        return new JobDefinition(
                "pay",
                Set.of(),
                Set.of(),
                List.of(first, String.class, long.class),
                new JobDefinition.Settings(
                        JobOptions.builder().maxRetries(0).build(),
                        List.of(),
                        false,
                        arguments -> {
                            throw failure.apply(arguments);
                        },
                        "Till#pay",
                        Set.of(1)));
    }

    private static String logOf(Function<List<Object>, RuntimeException> failure, boolean shown, Object... arguments) {
        return logOf(job(failure), shown, arguments);
    }

    private static String logOf(JobDefinition job, boolean shown, Object... arguments) {
        try (LogCapture log = LogCapture.open();
                JsonbArgumentCodec codec = new JsonbArgumentCodec();
                TestEngine engine = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                        .job(job)
                        .codec(codec)
                        .with(builder -> {
                            if (shown) {
                                builder.logArguments();
                            }
                        })
                        .failureHandler(new JobFailureHandler() {
                            @Override
                            public void onDeath(JobRun run, Throwable cause) {
                                throw new IllegalStateException("handler: " + cause.getMessage(), cause);
                            }
                        })
                        .start()) {
            engine.client().performAsync(JobCall.of("pay", arguments));
            Eventually.until("it has died", () -> log.count("GOOSE-4105") == 1 && log.count("GOOSE-4106") == 1);
            return log.printed();
        }
    }

    private static RuntimeException quoting(List<Object> arguments) {
        RuntimeException failure = new IllegalStateException(
                "cannot pay " + arguments.get(2) + " of 12345 by " + arguments.get(0),
                new IllegalArgumentException("token=" + arguments.get(1)));
        failure.addSuppressed(new UnsupportedOperationException("and " + arguments.get(1)));
        return failure;
    }

    @Test
    void byDefault_noArgumentIsLogged_thoughTheFailureQuotesThem() {
        String log = logOf(LoggedFailureTest::quoting, false, "ann@example.org", SECRET, 12L);

        assertThat(log)
                .doesNotContain(SECRET, "ann@example.org", "pay 12 ")
                .contains("java.lang.IllegalStateException: cannot pay *** of 12345 by ***")
                .contains("Caused by: java.lang.IllegalArgumentException: token=***")
                .contains("Suppressed: java.lang.UnsupportedOperationException: and ***")
                .contains("java.lang.IllegalStateException: handler: cannot pay ***")
                .contains(LoggedFailureTest.class.getName() + ".quoting(");
    }

    @Test
    void whereArgumentsAreWanted_theSensitiveOnesAreStillNotLogged() {
        String log = logOf(LoggedFailureTest::quoting, true, "ann@example.org", SECRET, 12L);

        assertThat(log)
                .doesNotContain(SECRET)
                .contains("(pay) with [\"ann@example.org\", ***, 12] died in attempt 1")
                .contains("cannot pay 12 of 12345 by ann@example.org")
                .contains("token=***");
    }

    @Test
    void causesThatAreTooDeepToBeLookedAt_areLoggedByTheirTypes() {
        String log = logOf(
                arguments -> {
                    RuntimeException failure = new IllegalArgumentException("token=" + arguments.get(1));
                    for (int i = 0; i < 30; i++) {
                        failure = new IllegalStateException("layer " + i, failure);
                    }
                    return failure;
                },
                false,
                "ann@example.org",
                SECRET,
                12L);

        assertThat(log)
                .doesNotContain(SECRET)
                .contains("java.lang.IllegalStateException: layer 29")
                .contains("Caused by: java.lang.IllegalStateException: layer 9")
                .contains("Caused by: java.lang.IllegalStateException: ***");
    }

    @Test
    void ofAMap_theKeysAreNotLoggedEither() {
        Type map = new TypeLiteral<Map<String, Map<String, String>>>() {}.getType();
        JobDefinition job = job(arguments -> new IllegalStateException("unknown: " + arguments.get(0)), map);
        String log = logOf(job, false, Map.of("ann@example.org", Map.of("state", "retired")), SECRET, 12L);

        assertThat(log).doesNotContain("ann@example.org", "retired").contains("unknown: {***={state=***}}");
    }

    @Test
    void aFailureThatQuotesNothing_isLoggedAsItIs() {
        String log = logOf(a -> new Unlike("out of paper"), false, "ann@example.org", SECRET, 12L);

        assertThat(log).contains("what I say of myself: out of paper");
    }

    @Test
    void aFailureThatCannotBePrinted_isLoggedByItsType() {
        String log = logOf(a -> new Unprintable(), false, "ann@example.org", SECRET, 12L);

        assertThat(log).contains(Unprintable.class.getName() + ": ***");
    }

    /** Says something else than others. */
    private static final class Unlike extends RuntimeException {
        Unlike(String message) {
            super(message);
        }

        @Override
        public String toString() {
            return "what I say of myself: " + getMessage();
        }
    }

    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
