package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.MissedHeartbeatException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FaultsTest {

    private static ShutdownSignalException channel(boolean ours, int code, String text) {
        return new ShutdownSignalException(
                false,
                ours,
                new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build(),
                "channel 1");
    }

    private static ShutdownSignalException connection(boolean ours, int code, String text) {
        return new ShutdownSignalException(
                true,
                ours,
                new AMQP.Connection.Close.Builder()
                        .replyCode(code)
                        .replyText(text)
                        .build(),
                "a connection");
    }

    private static String message(Exception failure) {
        return Faults.exception("settle", "amqp://here", failure).getMessage();
    }

    @Test
    void theBrokersWords_areSaid() {
        assertThat(message(
                        new IOException(channel(false, AMQP.PRECONDITION_FAILED, "PRECONDITION_FAILED - unknown tag"))))
                .isEqualTo(
                        "GOOSE-3082: cannot settle with amqp://here: PRECONDITION_FAILED - unknown tag; it is tried again"
                                + " when it is asked for again");
    }

    @Test
    void aChannelThatThisSideClosed_isSaidToBe() {
        assertThat(message(new AlreadyClosedException(channel(true, AMQP.REPLY_SUCCESS, "OK"))))
                .isEqualTo(
                        "GOOSE-3082: cannot settle with amqp://here: this side has closed the channel meanwhile; it is tried"
                                + " again when it is asked for again");
    }

    @Test
    void aConnectionThatThisSideClosed_isOver() {
        assertThat(message(new AlreadyClosedException(connection(true, AMQP.REPLY_SUCCESS, "OK"))))
                .isEqualTo(
                        "GOOSE-3004: cannot settle with amqp://here: this connection was closed meanwhile, as when its"
                                + " application stops; do it before that");
    }

    @Test
    void aBrokerThatClosesInOrder_isSaidToHaveGivenNoReason() {
        assertThat(message(new AlreadyClosedException(connection(false, AMQP.REPLY_SUCCESS, "OK"))))
                .isEqualTo(
                        "GOOSE-3082: cannot settle with amqp://here: RabbitMQ has closed the connection and says only 'OK';"
                                + " its log may say why; it is tried again when it is asked for again");
    }

    @Test
    void aFailureOfTheClient_isSaid() {
        ShutdownSignalException starved = new ShutdownSignalException(true, false, null, "a connection");
        starved.initCause(new MissedHeartbeatException("Heartbeat missing with heartbeat = 10 seconds"));
        assertThat(message(new AlreadyClosedException(starved)))
                .contains("GOOSE-3082: cannot settle with amqp://here:", "Heartbeat missing");
    }
}
