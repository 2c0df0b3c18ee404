package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What is told of the jobs of a server that was killed, by the one that rescues them. */
interface RescueTests extends Topic {

    @Test
    @Order(Integer.MAX_VALUE - 1)
    default void aJobOfAServerThatWasKilled_isToldAsRescued_andRunsAgain() throws IOException, InterruptedException {
        String key = harness().key();
        String id = harness().post("/probe/api/jobs/context/long/" + key);
        harness().records().await(key + "/started");
        harness().server().kill();
        harness().server().startAgain("probe");
        harness()
                .records()
                .awaitWhere(
                        "its rescue",
                        "event/" + id,
                        event -> event.getString("type").equals("JobRescued")
                                && event.getString("what").equals("main"));
        assertThat(harness().records().await(key + "/started", 2)).hasSize(2);
        harness().finish(key);
        harness().records().await(key + "/done");
    }
}
