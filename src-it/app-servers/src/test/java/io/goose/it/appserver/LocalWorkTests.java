package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Work of the application's own on the data source of the broker, without a transaction of the container: Open Liberty may give
 * out one connection for all that is done in a method or a request.
 */
interface LocalWorkTests extends TransactionTopic {

    @ParameterizedTest
    @CsvSource({"none, open", "none, closed", "ejb, open", "ejb, closed", "cdi, open"})
    default void anEnqueue_neitherCommitsItNorChangesItsConnection(String unit, String handle) throws IOException {
        String key = transactions().key() + "local";

        String changed = transactions().post("local/" + unit + "/" + handle + "/" + key);

        assertThat(changed).as("what became of the connection").isEmpty();
        assertThat(transactions().get("rows/main/" + key))
                .as("rows of the application, which it rolled back")
                .isEmpty();
        assertThat(transactions().ranOn("main", key)).isEqualTo(List.of(key));
    }

    /** The worker has one thread, so that what one job leaves there is there for the next. */
    @Test
    default void whatAJobLeavesUncommitted_isNoWorkOfTheNextJobs() throws IOException {
        String key = transactions().key() + "local";

        transactions().post("localjob/leaves/" + key + "left");
        transactions().records().await(key + "left");
        transactions().post("localjob/commits/" + key + "committed");
        transactions().records().await(key + "committed");
        transactions().post("whole/plain/commit/main/" + key + "whole");
        transactions().records().await(key + "whole/stays");

        assertThat(transactions().get("rows/main/" + key).split(","))
                .containsExactlyInAnyOrder(key + "committed", key + "whole/stays");
    }
}
