package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The broker's data source together with another one in one transaction. What a server allows is its own matter; that the job
 * and the row share their fate is ours. docs/transactions.md has the table.
 */
interface ResourceTests extends TransactionTopic {

    /** The broker, the application's data source, and whether a transaction of both can commit. */
    static Stream<Arguments> pairs() {
        return Stream.of(
                arguments("main", "plain", true),
                arguments("main", "otherplain", false),
                arguments("main", "otherxa", true),
                arguments("xa", "xa", true),
                arguments("xa", "otherplain", true),
                arguments("xa", "otherxa", true),
                arguments("boxed", "plain", true),
                arguments("boxed", "otherplain", false),
                arguments("boxed", "otherxa", true),
                arguments("late", "otherplain", true),
                arguments("late", "otherxa", true));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    default void twoResources_commitTogetherOrNotAtAll(String broker, String data, boolean together)
            throws IOException {
        for (String order : List.of("rowFirst", "jobFirst")) {
            String committed = transactions().key() + "both";
            String refused =
                    transactions().post("resources/" + broker + "/" + data + "/" + order + "/commit/" + committed);
            assertThat(refused.isEmpty())
                    .as("%s with %s, %s: %s", broker, data, order, refused)
                    .isEqualTo(together);
            List<String> stays = together ? List.of(committed) : List.of();
            assertThat(transactions().ranOn(broker, committed))
                    .as("jobs, %s", order)
                    .isEqualTo(stays);
            assertThat(transactions().get("rowsof/" + data + "/" + committed))
                    .as("rows, %s", order)
                    .isEqualTo(String.join(",", stays));

            String rolledBack = transactions().key() + "none";
            transactions().post("resources/" + broker + "/" + data + "/" + order + "/rollback/" + rolledBack);
            assertThat(transactions().ranOn(broker, rolledBack)).isEmpty();
            assertThat(transactions().get("rowsof/" + data + "/" + rolledBack)).isEmpty();
        }
    }
}
