package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs with {@code transactional=true}: of all that their attempts do, what stays is that of the one that ended them. */
interface TransactionalJobTests extends TransactionTopic {

    static Stream<Arguments> beansAndBrokers() {
        return Stream.of("main", "xa")
                .flatMap(broker -> Stream.of("plain", "joining", "ejb").map(bean -> arguments(bean, broker)));
    }

    @ParameterizedTest
    @MethodSource("beansAndBrokers")
    default void whatAJobDoes_staysOnce_howeverItsFirstAttemptEnds(String bean, String broker) throws IOException {
        String key = transactions().key();
        List<String> ends = List.of("commit", "exception", "checkedException", "setRollbackOnly", "timeout");
        for (String how : ends) {
            transactions().post("whole/" + bean + "/" + how + "/" + broker + "/" + key + how);
        }
        List<String> stays =
                ends.stream().map(how -> key + how + "/stays").sorted().toList();
        stays.forEach(transactions().records()::await);

        assertThat(transactions().ranOn(broker, key)).as("the jobs that ran").isEqualTo(stays);
        assertThat(transactions().get("rows/" + broker + "/" + key).split(","))
                .as("the rows")
                .containsExactlyInAnyOrderElementsOf(stays);
        Harness.await(
                () -> "the end of the transactional jobs of " + broker,
                () -> transactions().get("wholeleft/" + broker).equals("0 on their way, 0 dead, 0 parked"));
    }

    @Test
    default void onABrokerThatCannot_theyAreRefusedAtDeployment() throws IOException {
        String said = transactions()
                .deployInVain(
                        "whole", Map.of("goose.broker.late.worker.queues", "tx,whole", "goose.namespace", "whole"));
        assertThat(said)
                .contains("GOOSE-2139: job io.goose.it.transactions.WholeJobs#plain(String, String, String) has"
                        + " transactional=true, but broker 'late' of the kind redis")
                .contains("WholeEjb#contained(");
    }
}
