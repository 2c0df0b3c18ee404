package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.cdi.uow.UOWManagerFactory;
import io.goose.cdi.uow.UOWManagerFactory.Refusal;
import io.goose.engine.LogCapture;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Work that the server puts apart from what its thread is at. */
class ApartTest {

    private static final String UNITS = "io.goose.cdi.uow";

    private List<String> steps = UOWManagerFactory.begin(Refusal.NEVER);

    private String work() {
        steps.add("work");
        return "result";
    }

    @Test
    void work_isDoneInsideOfAUnitOfItsOwn() {
        assertThat(new Apart(UNITS).call(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("put aside 0 false false", "work", "taken up again");
    }

    @Test
    void whatTheWorkThrows_isThrown() {
        Supplier<String> failing = () -> {
            throw new IllegalStateException("the work fails");
        };
        Supplier<String> broken = () -> {
            throw new AssertionError("the work is broken");
        };

        assertThatThrownBy(() -> new Apart(UNITS).call(failing)).hasMessage("the work fails");
        assertThatThrownBy(() -> new Apart(UNITS).call(broken)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aServerThatRefuses_keepsNothingFromBeingDone_once() {
        steps = UOWManagerFactory.begin(Refusal.BEFORE);
        assertThat(new Apart(UNITS).call(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("work");

        steps = UOWManagerFactory.begin(Refusal.AFTER);
        assertThat(new Apart(UNITS).call(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("put aside 0 false false", "work", "taken up again");
    }

    @Test
    void anotherServer_doesTheWorkAsItIs() {
        try (LogCapture log = LogCapture.open()) {
            assertThat(new Apart().call(this::work)).isEqualTo("result");
            assertThat(steps).containsExactly("work");
            assertThat(log.ownMessages()).isEmpty();
        }
    }
}
