package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client is injected wherever CDI injects. */
interface InjectionTests extends Topic {

    @ParameterizedTest
    @ValueSource(strings = {"rest", "bean", "ejb", "named", "reports"})
    default void client_isInjectedAndItsJobRuns(String into) throws IOException {
        String key = harness().key();
        String id = harness().post("/probe/api/jobs/injected/" + into + "/" + key);
        assertThat(harness().records().await(key).getString("run")).isEqualTo(id);
    }
}
