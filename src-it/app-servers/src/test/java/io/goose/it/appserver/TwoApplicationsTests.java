package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A second application beside the probe, on the same server, broker and queues; in an EAR, in the same EAR. */
interface TwoApplicationsTests extends Topic {

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
