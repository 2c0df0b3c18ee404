package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The CDI events of jobs, as a bean of the probe observes them. */
interface EventTests extends Topic {

    @Test
    default void theLifeOfAJob_isToldInOrder_withTheApplicationAround_thoughAnObserverFails() throws IOException {
        String id = harness().post("/probe/api/watched/first/" + harness().key());
        List<JsonObject> events = harness().records().await("event/" + id, 5);
        // An enqueue is told by another thread than runs are.
        assertThat(events).filteredOn(event -> is(event, "JobEnqueued")).hasSize(1);
        assertThat(events)
                .filteredOn(event -> !is(event, "JobEnqueued"))
                .extracting(event -> event.getString("type") + " " + event.getString("what"))
                .containsExactly(
                        "JobStarted run 1",
                        "JobFailed java.lang.IllegalStateException",
                        "JobStarted run 2",
                        "JobSucceeded run 2");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.getString("thread")).startsWith("goose-events");
            assertThat(event.getBoolean("managed")).isTrue();
            assertThat(event.getString("loadsApplication")).isEqualTo("true");
            assertThat(event.getString("module")).isEqualTo("probe");
            assertThat(event.getString("dataSource")).isEqualTo("42");
            assertThat(event.getString("request")).doesNotStartWith("FAIL");
        });
        Harness.await(
                "the observer's failure is logged", () -> harness().server().logged("probe", "GOOSE-4170"));
        Harness.await("and which it was", () -> harness().server().log().contains("an observer of JobFailed failed"));
        assertThat(harness().server().log().since(0))
                .as("the scope of requests around observers")
                .doesNotContain("ContextNotActiveException");
    }

    @Test
    default void aDeath_andTheEndOfABatch_areTold() throws IOException {
        String dead = harness().post("/probe/api/watched/dies/" + harness().key());
        harness()
                .records()
                .awaitWhere(
                        "its death",
                        "event/" + dead,
                        event -> is(event, "JobDied") && event.getString("what").contains("IllegalStateException"));
        String batch = harness().post("/probe/api/watched/batch/" + harness().key());
        harness()
                .records()
                .awaitWhere(
                        "the batch's end",
                        "event/" + batch,
                        event -> is(event, "BatchCompleted")
                                && event.getString("what").equals("SUCCESS"));
    }

    private static boolean is(JsonObject event, String type) {
        return event.getString("type").equals(type);
    }
}
