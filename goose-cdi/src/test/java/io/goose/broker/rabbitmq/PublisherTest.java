package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownListener;
import com.rabbitmq.client.ShutdownSignalException;
import io.goose.BrokerUnavailableException;
import io.goose.broker.rabbitmq.Publication.Fate;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PublisherTest {

    private static final int LANES = 4;

    private final List<FakeChannel> channels = new CopyOnWriteArrayList<>();
    private volatile IntFunction<Answer> answers = number -> Answer.CONFIRM;

    /** What a channel says to each message. */
    private enum Answer {
        CONFIRM,
        REFUSE,
        NOTHING,
        /** Nothing to the first, and the second cannot be written. */
        BREAK
    }

    private Publisher publisher(Duration patience) {
        Connection connection =
                (Connection) proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
                    case "isOpen" -> true;
                    case "createChannel" -> {
                        FakeChannel made = new FakeChannel(answers.apply(channels.size()));
                        channels.add(made);
                        yield made.channel;
                    }
                    default -> null;
                });
        Link link = new Link(purpose -> connection, "publisher", "amqp://here", patience);
        return new Publisher(link, 100, patience, Runnable::run);
    }

    private static Object proxy(Class<?> type, InvocationHandler calls) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls);
    }

    /** A channel of RabbitMQ as far as a publisher sees it; it answers at once. */
    private static final class FakeChannel {
        private final Answer answer;
        private final AtomicLong next = new AtomicLong(1);
        private final AtomicInteger messages = new AtomicInteger();
        private volatile boolean open = true;
        private volatile ConfirmListener listener;
        private volatile ShutdownListener ended;
        private final Channel channel;

        private FakeChannel(Answer answer) {
            this.answer = answer;
            this.channel = (Channel) proxy(Channel.class, (self, method, arguments) -> switch (method.getName()) {
                case "isOpen" -> open;
                case "addConfirmListener" -> {
                    listener = (ConfirmListener) arguments[0];
                    yield null;
                }
                case "addShutdownListener" -> {
                    ended = (ShutdownListener) arguments[0];
                    yield null;
                }
                case "getNextPublishSeqNo" -> next.get();
                case "basicPublish" -> {
                    publish(next.getAndIncrement());
                    yield null;
                }
                case "close" -> {
                    open = false;
                    ended.shutdownCompleted(new ShutdownSignalException(
                            false,
                            true,
                            new AMQP.Channel.Close.Builder()
                                    .replyCode(AMQP.REPLY_SUCCESS)
                                    .replyText("OK")
                                    .build(),
                            self));
                    yield null;
                }
                default -> null;
            });
        }

        private void confirmLate() {
            try {
                listener.handleAck(1, false);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void publish(long number) throws IOException {
            int nth = messages.incrementAndGet();
            if (answer == Answer.BREAK && nth == 2) {
                throw new IOException("the pipe is broken");
            }
            if (answer == Answer.CONFIRM) {
                listener.handleAck(number, false);
            } else if (answer == Answer.REFUSE) {
                listener.handleNack(number, false);
            }
        }
    }

    private static boolean send(Publisher publisher) {
        return publisher.publishAndWait("queue", new BasicProperties(), new byte[0]);
    }

    /** As one of RabbitMQ 3.10 does that was first used when the queue had just lost its leader, until that comes back. */
    @Test
    void aChannelThatRefusesEverything_isReplaced() {
        answers = number -> number < LANES ? Answer.REFUSE : Answer.CONFIRM;
        Publisher publisher = publisher(Duration.ofSeconds(10));

        for (int i = 0; i < 2 * LANES; i++) {
            assertThat(send(publisher)).isTrue();
        }
        assertThat(channels.size()).isBetween(LANES + 1, 2 * LANES);
    }

    @Test
    void aFullQueue_costsNoChannelForEachMessage() {
        answers = number -> Answer.REFUSE;
        // Long enough to come to some lanes again, and far from the second after which a channel may be replaced.
        Publisher publisher = publisher(Duration.ofMillis(500));

        assertThatThrownBy(() -> send(publisher)).isInstanceOf(BrokerUnavailableException.class);

        assertThat(channels).hasSizeLessThanOrEqualTo(LANES);
    }

    @Test
    void aChannelThatIsSilent_isReplaced_andIsClosedWhenItSpeaksAgain() {
        answers = number -> number == 0 ? Answer.NOTHING : Answer.CONFIRM;
        Publisher publisher = publisher(Duration.ofMillis(500));
        List<Fate> fates = new CopyOnWriteArrayList<>();
        publisher.publish(0, publication(fates), publisher.deadline());
        while (fates.isEmpty()) {
            publisher.giveUpOld();
        }
        assertThat(fates.get(0)).isInstanceOfSatisfying(Fate.Unknown.class, unknown -> assertThat(unknown.sent())
                .isTrue());

        publisher.publish(0, publication(fates), publisher.deadline());

        assertThat(fates.get(1)).isEqualTo(Fate.Confirmed.INSTANCE);
        assertThat(channels).hasSize(2);
        FakeChannel silent = channels.get(0);
        long end = System.nanoTime() + Duration.ofMillis(200).toNanos();
        while (System.nanoTime() - end < 0) {
            publisher.giveUpOld();
        }
        assertThat(silent.open)
                .as("its number is not free in the broker either")
                .isTrue();

        silent.confirmLate();
        while (silent.open) {
            publisher.giveUpOld();
        }
        assertThat(channels.get(1).open).isTrue();
    }

    @Test
    void aChannelThatIsGivenUpForAFailure_isNotSaidToBeClosedInOrder() {
        answers = number -> Answer.BREAK;
        Publisher publisher = publisher(Duration.ofSeconds(10));
        List<Fate> fates = new CopyOnWriteArrayList<>();
        publisher.publish(0, publication(fates), publisher.deadline());
        publisher.publish(0, publication(fates), publisher.deadline());

        assertThat(fates).hasSize(2).allSatisfy(fate -> assertThat(((Fate.Unknown) fate).cause())
                .hasMessage("the pipe is broken"));
    }

    @Test
    void aRefusal_isSaidInWords() {
        answers = number -> Answer.REFUSE;
        Publisher publisher = publisher(Duration.ofMillis(200));

        assertThatThrownBy(() -> send(publisher))
                .hasMessage(
                        "GOOSE-3082: cannot send to 'queue' with amqp://here: java.io.IOException: the queue refuses it,"
                                + " as one that is full or has no leader; it is tried again when it is asked for again");
    }

    private static Publication publication(List<Fate> told) {
        return new Publication("", "queue", new BasicProperties(), new byte[0], told::add);
    }
}
