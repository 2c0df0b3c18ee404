package io.goose.broker.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.goose.job.DeliveryState;
import io.goose.job.DeliveryStateCodec;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as a message: the envelope is the body, the id the message's, and the record a header that is there unless the job is
 * fresh. Every message is made anew: headers that RabbitMQ adds, such as its count of deaths, are never sent on, for it takes a
 * message that has them for one that goes in circles. Thread-safe.
 */
final class Messages {

    /** Written by {@link DeliveryStateCodec}. */
    static final String RECORD = "goose-record";

    /** There if the sender keeps a mark of the job. */
    static final String MARK = "goose-mark";

    /** Why a job is parked. */
    static final String NOTE = "goose-note";

    /** What a worker must know for a parked job to come back. */
    static final String NEED = "goose-need";

    /** Of which queue a note is. */
    static final String QUEUE = "goose-queue";

    /** There if the job was leased before, or may have been: it was not sent anew, but given back. */
    static final String AGAIN = "goose-again";

    private static final String TYPE = "application/json";
    private static final int PERSISTENT = 2;
    private static final int MOST_OF_A_NOTE = 1024;

    private final DeliveryStateCodec states = new DeliveryStateCodec();

    /** A message that is no job. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    /** What is written beside the envelope. */
    BasicProperties properties(QueuedJob job) {
        return properties(job, Map.of());
    }

    BasicProperties properties(QueuedJob job, Map<String, String> more) {
        BasicProperties.Builder builder = new BasicProperties.Builder()
                .contentType(TYPE)
                .deliveryMode(PERSISTENT)
                .messageId(job.id().value());
        Map<String, Object> headers = new HashMap<>(more);
        if (!job.state().isFresh()) {
            headers.put(RECORD, states.encode(job.state()));
        }
        if (job.marked()) {
            headers.put(MARK, true);
        }
        return (headers.isEmpty() ? builder : builder.headers(headers)).build();
    }

    /**
     * The job that a message is.
     *
     * @throws UnreadableException if it is none; the text says why
     */
    QueuedJob read(String queue, BasicProperties properties, EncodedEnvelope body) throws UnreadableException {
        if (properties.getMessageId() == null) {
            throw new UnreadableException("the message has no message-id, which is the job's id");
        }
        JobId id;
        try {
            id = new JobId(properties.getMessageId());
        } catch (IllegalArgumentException wrong) {
            throw new UnreadableException("its message-id is no job's id: " + wrong.getMessage());
        }
        return new QueuedJob(queue, id, body, state(properties), header(properties, MARK) != null);
    }

    private DeliveryState state(BasicProperties properties) throws UnreadableException {
        String text = header(properties, RECORD);
        if (text == null) {
            return DeliveryState.FRESH;
        }
        try {
            return states.decode(text);
        } catch (IllegalArgumentException wrong) {
            throw new UnreadableException("its header " + RECORD + " is " + wrong.getMessage());
        }
    }

    /** So much of a text as a header should hold: all of them must fit into one frame. */
    static String note(String text) {
        return text.length() <= MOST_OF_A_NOTE ? text : text.substring(0, MOST_OF_A_NOTE);
    }

    /** The text of a header; null if there is none. */
    static @Nullable String header(BasicProperties properties, String name) {
        Map<String, Object> headers = properties.getHeaders();
        Object value = headers == null ? null : headers.get(name);
        return value == null ? null : value.toString();
    }
}
