package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;

/** Jobs that a message-driven bean of the application {@code inbound} runs, which is deployed. */
interface BeanTests {

    String NO_TRANSACTION = "6";

    Harness harness();

    /** Enqueues one of its jobs. */
    default void perform(String job, String key) throws IOException {
        harness().post("/inbound/api/jobs/" + job + '/' + key);
    }

    /** Waits until none of its jobs is left. */
    default void awaitNoJobs() throws IOException {
        Harness.await("an empty queue", () -> harness().get("/inbound/api/jobs").equals("0 0 0"));
    }

    /** Enqueued in a transaction of an EJB, too. */
    default void theBeanRunsTheJobsOfItsModule() throws IOException {
        String looking = harness().key();
        String failing = harness().key();
        String business = harness().key();

        perform("look", looking);
        perform("failOnce", failing);
        perform("inTransaction", business);

        JsonObject seen = harness().records().await(looking);
        assertThat(seen.getString("thread")).startsWith("goose-inbound-job-");
        assertThat(seen.getString("module")).isEqualTo("inbound");
        assertThat(seen.getString("loadsApplication")).isEqualTo("true");
        assertThat(seen.getString("transaction")).isEqualTo(NO_TRANSACTION);
        assertThat(harness().records().await(failing, 2))
                .extracting(record -> record.getInt("attempt"))
                .containsExactly(1, 2);
        harness().records().await(business);
        awaitNoJobs();
    }
}
