package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import org.junit.jupiter.api.Test;

/** The container's own refusal of what is final neither replaces nor hides ours. */
class FinalAsyncJobTest {

    @Test
    void finalClassAndFinalMethod_areReportedWithOtherMistakes() {
        assertThatThrownBy(() -> TestApplication.with(FinalClass.class, FinalMethod.class, WrongResult.class)
                        .start()
                        .close())
                .hasMessageContaining("GOOSE-2105")
                .hasMessageContaining("FinalClass#run")
                .hasMessageContaining("GOOSE-2104")
                .hasMessageContaining("FinalMethod#run")
                .hasMessageContaining("GOOSE-2108")
                .hasMessageContaining("WrongResult#run");
    }

    @Dependent
    static final class FinalClass {
        @AsyncJob
        public void run() {}
    }

    @Dependent
    static class FinalMethod {
        @AsyncJob
        public final void run() {}
    }

    @ApplicationScoped
    static class WrongResult {
        @AsyncJob
        public int run() {
            return 1;
        }
    }
}
