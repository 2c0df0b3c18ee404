package io.goose.tck;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests in nested classes on one set-up, which is started once for all of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SetUpOnce {

    private @Nullable TckSetUp setUp;

    /** Starts what brokers need, once for all tests. */
    protected abstract TckSetUp setUp() throws Exception;

    @BeforeAll
    protected final void startSetUp() throws Exception {
        setUp = setUp();
    }

    @AfterAll
    protected final void endSetUp() throws Exception {
        if (setUp != null) {
            setUp.close();
        }
    }

    /** A broker with an empty storage. */
    protected final BrokerUnderTest broker() throws Exception {
        return Objects.requireNonNull(setUp).broker();
    }
}
