package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Walks.Step;
import io.goose.job.JobId;
import io.goose.spi.SessionSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Notes who runs a suspect, before it is started: RabbitMQ does not say whose a delivery was when its worker died. The notes of a job are
 * taken out when it is buried; others go with time. They are there for people to read, so one that cannot be written or read holds
 * up nothing. Thread-safe.
 */
final class Runners {

    private static final System.Logger LOG = System.getLogger(Runners.class.getPackageName());
    private static final int PERSISTENT = 2;

    private final RabbitParts parts;
    private final String me;

    /**
     * @param session its id
     */
    Runners(RabbitParts parts, SessionSpec spec, String session) {
        this.parts = parts;
        this.me = "host " + spec.host() + ", session " + session + ", " + spec.threads() + " threads";
    }

    /** Notes that this session is about to run a suspect. */
    void note(String queue, JobId id) {
        BasicProperties properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .deliveryMode(PERSISTENT)
                .messageId(id.value())
                .headers(Map.of(Messages.QUEUE, queue))
                .build();
        try {
            parts.topology().ensureRunners();
            if (!parts.publisher()
                    .publishAndWait(parts.names().runners(), properties, me.getBytes(StandardCharsets.UTF_8))) {
                parts.topology().forgetRunners(); // somebody deleted it; the next is noted again
            }
        } catch (GooseException away) {
            LOG.log(DEBUG, "it is not noted who runs suspect {0}: {1}", id, away.getMessage());
        }
    }

    /** Who was noted to run a suspect, the last one last; their notes are gone then. */
    List<String> take(String queue, JobId id) {
        List<String> runners = new ArrayList<>();
        try {
            parts.walks().through(parts.names().runners(), message -> {
                boolean isOfThis = id.value().equals(message.properties().getMessageId())
                        && queue.equals(Messages.header(message.properties(), Messages.QUEUE));
                if (!isOfThis) {
                    return Step.Leave.INSTANCE;
                }
                runners.add(message.body().text());
                return new Step.Remove(false);
            });
        } catch (GooseException away) {
            LOG.log(DEBUG, "who ran suspect {0} cannot be looked up: {1}", id, away.getMessage());
        }
        return runners;
    }
}
