package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job sees: thread, class loader, JNDI, data source, request, its run, EJBs, transaction. */
interface JobContextTests extends Topic {

    @ParameterizedTest
    @ValueSource(strings = {"cdi", "dependent", "ejb", "singleton", "writeLocked", "local", "open"})
    default void job_seesItsApplication(String bean) throws IOException {
        String key = harness().key();
        String id = harness().post("/probe/api/jobs/context/" + bean + "/" + key);
        JsonObject seen = harness().records().await(key);
        assertThat(seen.getString("run")).isEqualTo(id);
        assertThat(seen.getString("attempt")).isEqualTo("1");
        assertThat(seen.getString("queue")).isEqualTo("default");
        assertThat(seen.getString("handler")).startsWith("io.goose.it.probe.").matches(".*#(look|open)");
        assertThat(seen.getBoolean("managed")).as("made by the managed factory").isTrue();
        assertThat(seen.getString("loadsApplication")).isEqualTo("true");
        assertThat(seen.getString("application")).isEqualTo("probe");
        assertThat(seen.getString("ejb")).isEqualTo("hello job");
        boolean onEjb = !bean.equals("cdi") && !bean.equals("dependent");
        if (onEjb || harness().layout().hasEngineInEachModule()) {
            assertThat(seen.getString("module")).isEqualTo("probe");
            assertThat(seen.getString("dataSource")).isEqualTo("42");
            assertThat(seen.getString("ejbByName")).isEqualTo("hello name");
        }
        if (!onEjb && harness().layout().hasEngineInEachModule()) {
            assertThat(seen.getString("userTransaction")).isEqualTo("true");
        }
        assertThat(seen.getString("transaction")).isEqualTo(onEjb ? "active" : "none");
    }

    @Test
    default void everyAttempt_hasARequestOfItsOwn() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/twice/" + key);
        List<JsonObject> runs = harness().records().await(key, 2);
        assertThat(runs).extracting(run -> run.getString("attempt")).containsExactly("1", "2");
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.getString("request")).matches("[0-9]+").isEqualTo(run.getString("requestAgain"));
        });
        assertThat(runs).extracting(run -> run.getString("request")).doesNotHaveDuplicates();
        assertThat(runs)
                .extracting(run -> run.getString("run"))
                .containsOnly(runs.get(0).getString("run"));
    }

    @Test
    default void arguments_ofTheApplicationsOwnTypesArrive() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/typed/" + key);
        assertThat(harness().records().await(key + "/LARGE/köln").getString("attempt"))
                .isEqualTo("1");
    }

    @Test
    default void dependentBean_isDestroyedAfterItsAttempt() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/dependent/" + key);
        harness().records().await(key);
        assertThat(harness().records().await(key + "/destroyed")).isNotNull();
    }

    @Test
    default void ejbJob_thatFails_isRolledBackAndRunAgain() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/table");
        harness().post("/probe/api/jobs/context/insert/" + key);
        List<JsonObject> runs = harness().records().await(key, 2);
        assertThat(runs).extracting(run -> run.getString("attempt")).containsExactly("1", "2");
        Harness.await(
                "the commit of the second run",
                () -> !harness().get("/probe/api/jobs/table/" + key).isEmpty());
        assertThat(harness().get("/probe/api/jobs/table/" + key)).isEqualTo("2");
    }

    @Test
    default void ejbJob_underARole_isRefusedByTheServer() throws IOException {
        String key = harness().key();
        String id = harness().post("/probe/api/jobs/context/guarded/" + key);
        JsonObject death = harness().records().await("death/" + id);
        assertThat(death.getString("failure")).isEqualTo("jakarta.ejb.EJBAccessException");
        assertThat(harness().records().now(key)).isEmpty();
    }

    @Test
    default void job_logsInTheNameOfItsApplication() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/logs/" + key);
        harness().records().await(key);
        Harness.await(
                "the line in the application's log", () -> harness().server().logged("probe", "job says " + key));
    }

    @Test
    default void warningsOfClientLibraries_reachTheServersLog() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/log/" + key);
        Harness.await("the warning in the log", () -> harness().server().log().contains("probe says " + key));
    }
}
