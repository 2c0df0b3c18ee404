package io.goose.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Broker;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A broker is the same from outside of transactions. */
class OutsideBrokerTest {

    /** Defaults that ask the housekeeping, which is outside as well; and what only a transport asks of the broker itself. */
    private static final Set<String> LEFT = Set.of("delete", "replay", "ledgerFor");

    /** A method with a default answer is easily forgotten: nothing fails, and the broker behind is never asked. */
    @Test
    void everyQuestion_isTheInnerBrokersToAnswer() {
        assertThat(Arrays.stream(Broker.class.getMethods())
                        .filter(Method::isDefault)
                        .filter(method -> Arrays.stream(OutsideBroker.class.getDeclaredMethods())
                                .noneMatch(own -> own.getName().equals(method.getName())
                                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())))
                        .map(Method::getName))
                .containsExactlyInAnyOrderElementsOf(LEFT);
    }
}
