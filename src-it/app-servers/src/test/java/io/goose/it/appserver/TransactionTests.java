package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs share the fate of the rows that were written beside them, whoever begins and ends the transaction. */
interface TransactionTests extends TransactionTopic {

    /** The brokers: they join without and with XA, have an outbox, and send after the commit. */
    List<String> BROKERS = List.of("main", "xa", "boxed", "late");

    /** Who begins and ends transactions: {@code @Transactional}, an EJB's container, {@code UserTransaction}. */
    List<String> UNITS = List.of("cdi", "ejb", "user");

    /** The ends, with what stays of each. */
    enum Case {
        commit("stays1", "stays2"),
        exception(),
        checkedException("stays"),
        setRollbackOnly(),
        timeout(),
        bothCommit("stays1", "stays2", "stays3"),
        outerRollsBack("stays"),
        innerRollsBack("stays1", "stays2"),
        besideTransaction("stays");

        private final List<String> stays;

        Case(String... stays) {
            this.stays = List.of(stays);
        }
    }

    static Stream<Arguments> unitsAndBrokers() {
        return BROKERS.stream().flatMap(broker -> UNITS.stream().map(unit -> arguments(unit, broker)));
    }

    @ParameterizedTest
    @MethodSource("unitsAndBrokers")
    default void whatIsCommitted_isRowsAndJobs_andNothingElseIsEither(String unit, String broker) throws IOException {
        String key = transactions().key();
        List<String> stays = new ArrayList<>();
        List<CompletableFuture<Void>> cases = new ArrayList<>();
        for (Case each : Case.values()) {
            each.stays.forEach(stay -> stays.add(key + each + "/" + stay));
            cases.add(CompletableFuture.runAsync(() -> run(each, unit, broker, key + each)));
        }
        cases.forEach(CompletableFuture::join);
        stays.sort(String::compareTo);

        assertThat(transactions().ranOn(broker, key)).as("the jobs that ran").isEqualTo(stays);
        assertThat(transactions().get("rows/" + broker + "/" + key).split(","))
                .as("the rows")
                .containsExactlyInAnyOrderElementsOf(stays);
    }

    private void run(Case which, String unit, String broker, String key) {
        try {
            String thrown = transactions().post("case/" + which + "/" + unit + "/" + broker + "/" + key);
            assertThat(thrown.isEmpty())
                    .as("%s of %s says %s", which, unit, thrown)
                    .isEqualTo(which == Case.commit
                            || which == Case.bothCommit
                            || which == Case.innerRollsBack
                            || (which == Case.setRollbackOnly && !unit.equals("user")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    default void nothingIsLeft_inQueuesAndOutbox() throws IOException {
        for (String broker : BROKERS) {
            transactions().ranOn(broker, "nothing");
            Harness.await(
                    () -> "the end of all jobs of " + broker,
                    () -> transactions().get("left/" + broker).equals("0 in the queue, 0 in the outbox"));
        }
    }

    /** Nothing says of a data source that it takes no part; it is found out at the deployment. */
    @Test
    default void aDataSourceThatTakesNoPart_isRefusedAtDeployment() throws IOException {
        String said = transactions()
                .deployInVain(
                        "apart",
                        Map.of(
                                "goose.broker.main.datasource",
                                transactions().jndiName("apart"),
                                "goose.namespace",
                                "apart"));
        assertThat(said).contains("GOOSE-4306: broker 'main'");
    }

    @Test
    default void whatIsSentAfterTheCommit_isWarnedOf() {
        assertThat(transactions().server().log().since(0))
                .containsPattern("GOOSE-4021: [^\\r\\n]*\\[late\\]")
                .doesNotContain("GOOSE-4305")
                .doesNotContain("GOOSE-4308");
    }
}
