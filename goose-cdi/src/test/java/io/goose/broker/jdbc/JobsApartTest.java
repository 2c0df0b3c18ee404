package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.engine.TestEngine;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.transaction.TransactionMode;
import io.goose.transaction.TestTransactions;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** User code is run apart from what else is done on its thread, whose container may keep uncommitted work for the next there. */
@Timeout(180)
class JobsApartTest {

    private static final JobOptions ONCE = JobOptions.builder().maxRetries(0).build();

    /** Numbers what is run apart; 0 is what is not. */
    private static final class Counted extends ForwardingTransaction {
        private final AtomicInteger parts = new AtomicInteger();
        private final ThreadLocal<Integer> current = ThreadLocal.withInitial(() -> 0);

        Counted() {
            super(TestTransactions.surrounding());
        }

        @Override
        public <T> T apart(Supplier<T> work) {
            int outer = current.get();
            current.set(parts.incrementAndGet());
            try {
                return work.get();
            } finally {
                current.set(outer);
            }
        }
    }

    /** What was run in which part. */
    private record Step(String name, int part) {}

    private final Counted transaction = new Counted();
    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();

    private void note(String step) {
        steps.add(new Step(step, transaction.current.get()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void middlewareBodyHandlersAndEndOfTheScope_areApart_alsoOfAnErrorAndOfEachOther(boolean transactional)
            throws SQLException {
        JobInvoker body = arguments -> {
            note("body");
            throw new AssertionError("thrown by the body");
        };
        try (OrdersDatabase database = new OrdersDatabase()) {
            TestEngine.Builder builder = database.engine()
                    .threads(1)
                    .transactions(transaction, TransactionMode.AUTO)
                    .middleware(invocation -> {
                        note("middleware");
                        return invocation.proceed();
                    })
                    .scope(() -> () -> note("close"))
                    .failureHandler(new JobFailureHandler() {
                        @Override
                        public void onDeath(JobRun run, Throwable failure) {
                            note("death of " + failure.getMessage());
                        }
                    });
            if (transactional) {
                builder.transactionalJob("job", ONCE, body);
            } else {
                builder.job("job", ONCE, List.of(), body);
            }
            try (TestEngine engine = builder.start()) {
                engine.client().performAsync(JobCall.of("job"));
                engine.drained("default");
            }
            assertThat(database.failures()).singleElement().isInstanceOf(AssertionError.class);
        }

        assertThat(steps)
                .extracting(Step::name)
                .containsExactly("middleware", "body", "death of thrown by the body", "close");
        assertThat(steps).extracting(Step::part).doesNotContain(0);
        Stream<Integer> parts = steps.stream().map(Step::part).distinct();
        assertThat(parts)
                .as("parts: the run, its failure handlers, the end of its scope")
                .hasSize(3);
    }
}
