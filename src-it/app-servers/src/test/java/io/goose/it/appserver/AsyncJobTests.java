package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sentence about {@code @AsyncJob}, on a CDI bean and on an EJB. */
interface AsyncJobTests extends Topic {

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void call_enqueuesAndAWorkerRunsTheBody(String kind) throws IOException {
        String key = harness().key();
        assertThat(call(kind, "plain", key)).isEqualTo("returned");
        JsonObject seen = harness().records().await(key);
        assertThat(seen.getBoolean("managed")).isTrue();
        assertThat(seen.getString("run")).doesNotStartWith("FAIL");
        assertThat(seen.getString("handler")).endsWith("#plain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void jobId_isReturnedToTheCaller(String kind) throws IOException {
        String key = harness().key();
        String id = call(kind, "identified", key);
        assertThat(harness().records().await(key).getString("run")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void callInsideAJob_ofAnotherJob_enqueues(String kind) throws IOException {
        String key = harness().key();
        call(kind, "callsAnother", key);
        JsonObject outer = harness().records().await(key);
        JsonObject other = harness().records().await(key + "/other");
        assertThat(other.getString("run")).doesNotStartWith("FAIL").isNotEqualTo(outer.getString("run"));
        assertThat(other.getString("handler")).endsWith("#plain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void callInsideAJob_ofItself_enqueuesTheNextPage(String kind) throws IOException {
        String key = harness().key();
        call(kind, "pages", key);
        List<JsonObject> pages = harness().records().awaitPrefix(key + "/", 3);
        assertThat(pages).extracting(page -> page.getString("key")).containsExactly(key + "/1", key + "/2", key + "/3");
        assertThat(pages).extracting(page -> page.getString("run")).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void callOnThis_isAPlainCall(String kind) throws IOException {
        String key = harness().key();
        call(kind, "invokesItself", key);
        JsonObject outer = harness().records().await(key);
        JsonObject inner = harness().records().await(key + "/self");
        assertThat(inner.getString("run")).isEqualTo(outer.getString("run"));
        assertThat(inner.getInt("threadId")).isEqualTo(outer.getInt("threadId"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void callOnAnotherThread_whileABodyRuns_enqueues(String kind) throws IOException {
        String key = harness().key();
        call(kind, "callsFromAnotherThread", key);
        JsonObject outer = harness().records().await(key);
        JsonObject other = harness().records().await(key + "/thread");
        assertThat(other.getString("run")).doesNotStartWith("FAIL").isNotEqualTo(outer.getString("run"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void otherInterceptors_actOnlyWhenTheBodyRuns(String kind) throws IOException {
        String key = harness().key();
        call(kind, "intercepted", key);
        JsonObject body = harness().records().await(key);
        List<JsonObject> intercepted = harness().records().now(key + "/intercepted");
        assertThat(intercepted).extracting(call -> call.getString("run")).containsExactly(body.getString("run"));
    }

    @Test
    default void transaction_beginsWhenTheBodyRuns() throws IOException {
        String key = harness().key();
        call("bean", "transactional", key);
        assertThat(harness().records().await(key).getString("transaction")).isEqualTo("active");
    }

    @ParameterizedTest
    @CsvSource({
        "bean, mandatory, jakarta.transaction.TransactionalException",
        "bean, validated, jakarta.validation.ConstraintViolationException",
        "ejb, validated, jakarta.validation.ConstraintViolationException"
    })
    default void transactionAndValidation_doNotActAtTheCall(String kind, String method, String failure)
            throws IOException {
        String id = call(kind, method, harness().key());
        JsonObject death = harness().records().await("death/" + id);
        assertThat(death.getString("failure")).isEqualTo(failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void faultTolerance_actsWhenTheBodyRuns(String kind) throws IOException {
        String key = harness().key();
        String id = call(kind, "tolerated", key);
        JsonObject instead = harness().records().await(key + "/instead");
        List<JsonObject> bodies = harness().records().now(key);
        assertThat(bodies).as("the first try and two retries within one run").hasSize(3);
        assertThat(bodies).allSatisfy(body -> {
            assertThat(body.getString("run")).isEqualTo(id);
            assertThat(body.getString("attempt")).isEqualTo("1");
        });
        assertThat(instead.getString("run")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void faultTolerance_doesNotActAtTheCall(String kind) throws IOException {
        String key = harness().key();
        assertThat(call(kind, "tooLarge", key))
                .as("a call that cannot be enqueued, neither retried nor replaced")
                .isEqualTo("rejected");
        assertThat(harness().records().now(key)).isEmpty();
        assertThat(harness().records().now(key + "/instead")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void call_enqueuesOnTheBrokerOfTheAnnotation(String kind) throws IOException {
        String key = harness().key();
        String id = call(kind, "reported", key);
        JsonObject seen = harness().records().await(key);
        assertThat(seen.getString("run")).isEqualTo(id);
        assertThat(seen.getString("queue"))
                .as("a queue that only the worker of that broker serves")
                .isEqualTo("reports");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "ejb"})
    default void methodReference_enqueuesWithOptions(String kind) throws IOException {
        String key = harness().key();
        String id = call(kind, "byReference", key);
        JsonObject seen = harness().records().await(key);
        assertThat(seen.getString("run")).isEqualTo(id);
        assertThat(seen.getString("queue")).isEqualTo("second");
    }

    @Test
    default void callThroughALocalInterface_enqueues() throws IOException {
        String key = harness().key();
        String id = call("local", "identified", key);
        JsonObject seen = harness().records().await(key);
        assertThat(seen.getString("run")).isEqualTo(id);
        assertThat(seen.getString("handler")).isEqualTo("io.goose.it.probe.LocalEjb#identified");
    }

    @Test
    default void transactionOfTheEjb_isJoinedByTheJob() throws IOException {
        String key = harness().key();
        call("ejb", "plain", key);
        assertThat(harness().records().await(key).getString("transaction")).isEqualTo("active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"restricted", "mandatory"})
    default void roleAndTransactionOfTheEjb_areCheckedBeforeAnythingIsEnqueued(String method) throws IOException {
        String refused = harness().key();
        assertThat(call("ejb", method, refused)).isEqualTo("refused");
        String later = harness().key();
        call("ejb", "plain", later);
        harness().records().await(later);
        assertThat(harness().records().now(refused)).isEmpty();
    }

    private String call(String kind, String method, String key) throws IOException {
        return harness().post("/probe/api/async/" + kind + "/" + method + "/" + key);
    }
}
