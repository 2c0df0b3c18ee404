package io.goose.tck.engine;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The scenarios of engines on one set-up, which is started once for all of them. For a broker that keeps no batches; any other
 * joins with a subclass of {@link Whole}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineTck {

    private @Nullable TckSetUp setUp;

    /** Starts what brokers need, once for all tests. */
    protected abstract TckSetUp setUp() throws Exception;

    @BeforeAll
    void start() throws Exception {
        setUp = setUp();
    }

    @AfterAll
    void end() throws Exception {
        if (setUp != null) {
            setUp.close();
        }
    }

    /** A broker with an empty storage, whose time is the real one. */
    protected final BrokerUnderTest broker() throws Exception {
        return Objects.requireNonNull(setUp).broker();
    }

    @Nested
    class Engines extends EngineScenarios {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    /** With workflows, for brokers that keep batches and results. */
    public abstract static class Whole extends EngineTck {

        @Nested
        class Workflows extends WorkflowScenarios {
            @Override
            protected BrokerUnderTest create() throws Exception {
                return broker();
            }
        }
    }
}
