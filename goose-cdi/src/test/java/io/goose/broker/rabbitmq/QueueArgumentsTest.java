package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class QueueArgumentsTest {

    private static final String BEGIN = "PRECONDITION_FAILED - inequivalent arg ";

    @Test
    void whatDiffersIsReadFromTheBrokersWords() {
        QueueArguments.Difference difference = QueueArguments.difference(BEGIN
                + "'x-queue-type' for queue 'goose:mail' in vhost '/': received 'quorum' but current is 'classic'");

        assertThat(difference).isNotNull();
        assertThat(difference.name()).isEqualTo("x-queue-type");
        assertThat(difference.wanted()).contains("quorum");
        assertThat(difference.current()).contains("classic");
        assertThat(QueueArguments.matters(difference.name())).isTrue();
    }

    @Test
    void anotherErrorIsNoDifference() {
        assertThat(QueueArguments.difference("PRECONDITION_FAILED - unknown delivery tag 3"))
                .isNull();
    }

    @Test
    void whatDoesNotMatterIsAskedForAsItIs() {
        Map<String, Object> asked = new HashMap<>(QueueArguments.quorum());
        QueueArguments.Difference limit = QueueArguments.difference(BEGIN
                + "'x-delivery-limit' for queue 'q' in vhost '/': received the value '1000000' of type 'signedint' but"
                + " current is the value '20' of type 'long'");
        QueueArguments.Difference strategy = QueueArguments.difference(BEGIN
                + "'x-dead-letter-strategy' for queue 'q' in vhost '/': received the value 'at-least-once' of type"
                + " 'longstr' but current is none");

        for (QueueArguments.Difference difference : new QueueArguments.Difference[] {limit, strategy}) {
            assertThat(difference).isNotNull();
            assertThat(QueueArguments.matters(difference.name())).isFalse();
            QueueArguments.accept(asked, difference);
        }

        assertThat(asked).containsEntry("x-delivery-limit", 20L).doesNotContainKey("x-dead-letter-strategy");
    }
}
