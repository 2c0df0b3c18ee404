package io.goose.tck.engine;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.SetUpOnce;
import org.junit.jupiter.api.Nested;

/**
 * The scenarios of engines on one set-up, which is started once for all of them. For a broker that keeps no batches; any other
 * joins with a subclass of {@link Whole}.
 */
public abstract class EngineTck extends SetUpOnce {

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
