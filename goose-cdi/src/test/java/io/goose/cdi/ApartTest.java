package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.WithoutLibrary;
import io.goose.spi.SurroundingTransaction;
import jakarta.enterprise.concurrent.ContextService;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Work that the server puts apart from what its thread is at. */
class ApartTest {

    private static final String SERVICE = "java:comp/DefaultContextService";

    private final List<String> steps = new ArrayList<>();

    /** Refuses before the work or after it, if at all. */
    private enum Refusal {
        NEVER,
        BEFORE,
        AFTER
    }

    @BeforeEach
    void install() {
        NamesForTests.install();
    }

    @AfterEach
    void unbind() {
        NamesForTests.unbind(SERVICE);
    }

    private void bind(Refusal refusal) {
        NamesForTests.bind(
                SERVICE,
                Proxy.newProxyInstance(
                        ApartTest.class.getClassLoader(),
                        new Class<?>[] {ContextService.class},
                        (self, method, arguments) -> around((Executor) arguments[0], refusal)));
    }

    private Executor around(Executor inner, Refusal refusal) {
        return task -> {
            if (refusal == Refusal.BEFORE) {
                throw new IllegalStateException("the application stops");
            }
            steps.add("put aside");
            inner.execute(task);
            steps.add("taken up again");
            if (refusal == Refusal.AFTER) {
                throw new IllegalStateException("it did not end well");
            }
        };
    }

    private String work() {
        steps.add("work");
        return "result";
    }

    @Test
    void work_isDoneInsideOfTheContextOfItsOwn() {
        bind(Refusal.NEVER);
        Apart apart = new Apart();
        apart.capture();
        NamesForTests.unbind(SERVICE); // threads without names may call too

        assertThat(apart.call(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("put aside", "work", "taken up again");
    }

    @Test
    void whatTheWorkThrows_isThrown() {
        bind(Refusal.NEVER);
        Supplier<String> failing = () -> {
            throw new IllegalStateException("the work fails");
        };
        Supplier<String> broken = () -> {
            throw new AssertionError("the work is broken");
        };

        assertThatThrownBy(() -> new Apart().call(failing)).hasMessage("the work fails");
        assertThatThrownBy(() -> new Apart().call(broken)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aContextThatRefuses_keepsNothingFromBeingDone_once() {
        bind(Refusal.BEFORE);
        assertThat(new Apart().call(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("work");

        steps.clear();
        bind(Refusal.AFTER);
        assertThat(new Apart().call(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("put aside", "work", "taken up again");
    }

    @Test
    void whereThereIsNone_theWorkIsDoneAsItIs() {
        Apart apart = new Apart();
        assertThat(apart.call(this::work)).isEqualTo("result");
        apart.capture();
        bind(Refusal.NEVER);
        assertThat(apart.call(this::work)).as("captured").isEqualTo("result");
        assertThat(steps).containsExactly("work", "work");
    }

    @Test
    void aServerWithoutTheInterface_isOneWithoutTheService() throws Exception {
        bind(Refusal.NEVER);
        SurroundingTransaction withoutApi = WithoutLibrary.named(
                        "jakarta.enterprise.concurrent.",
                        ContainerTransaction.class.getName(),
                        Apart.class.getName(),
                        Names.class.getName())
                .make(ContainerTransaction.class, SurroundingTransaction.class);

        assertThat(withoutApi.apart(this::work)).isEqualTo("result");
        assertThat(steps).containsExactly("work");
    }
}
