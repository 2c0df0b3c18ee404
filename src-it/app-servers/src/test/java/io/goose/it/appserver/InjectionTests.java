package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
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

    @Test
    default void secondApplication_runsItsJobsBesideTheFirst() throws IOException {
        try (Harness.Application second = harness().deploySecond()) {
            String own = harness().key();
            String shared = harness().key();
            String first = harness().key();
            harness().post("/second/api/jobs/own/" + own);
            harness().post("/second/api/jobs/shared/" + shared);
            harness().post("/probe/api/jobs/context/ejb/" + first);
            assertThat(harness().records().await(own).getString("module")).isEqualTo("second");
            assertThat(harness().records().await(shared).getString("module")).isEqualTo("second");
            assertThat(harness().records().await(first).getString("module")).isEqualTo("probe");
        }
    }
}
