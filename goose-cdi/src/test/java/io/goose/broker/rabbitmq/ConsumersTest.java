package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownListener;
import com.rabbitmq.client.ShutdownSignalException;
import io.goose.broker.rabbitmq.Sender.Spot;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ConsumersTest {

    private static final long LONG = 3_600_000_000_000L;

    private final List<FakeChannel> channels = new ArrayList<>();
    private final List<Delivered> came = new ArrayList<>();
    private int changes;
    private final Consumers consumers = new Consumers(spot -> {
        FakeChannel made = new FakeChannel();
        channels.add(made);
        return new Line("q", "goose:q", spot, new Messages(), made.channel, came::add, () -> changes++);
    });

    /** A channel of RabbitMQ as far as consumers see it. */
    private static final class FakeChannel {
        private final List<String> frames = new ArrayList<>();
        private Consumer consumer;
        private String tag;
        private ShutdownListener ended;
        private boolean open = true;
        private boolean silent;
        private boolean unknown;
        private final Channel channel = (Channel) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Channel.class}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "isOpen" -> {
                            return open;
                        }
                        case "addShutdownListener" -> ended = (ShutdownListener) arguments[0];
                        case "basicConsume" -> {
                            assertThat(consumer)
                                    .as("a channel has one consumer in its life")
                                    .isNull();
                            tag = (String) arguments[2];
                            consumer = (Consumer) arguments[3];
                        }
                        case "basicCancel" -> {
                            if (unknown) {
                                throw new IOException("Unknown consumerTag");
                            }
                            frames.add("cancel");
                            if (!silent) {
                                consumer.handleCancelOk(tag);
                            }
                        }
                        case "basicQos" -> frames.add("most " + arguments[0]);
                        case "basicAck" -> frames.add("ack " + arguments[0]);
                        case "basicNack" -> frames.add("back " + arguments[0]);
                        case "close" -> end(true);
                        default -> {}
                    }
                    return null;
                });

        private void deliver(long number) throws IOException {
            consumer.handleDelivery(
                    tag, new Envelope(number, false, "", "goose:q"), new BasicProperties(), new byte[] {'{', '}'});
        }

        private void die() {
            end(false);
        }

        private void end(boolean byUs) {
            open = false;
            ShutdownSignalException reason = new ShutdownSignalException(false, byUs, null, null);
            ended.shutdownCompleted(reason);
            if (consumer != null) {
                consumer.handleShutdownSignal(tag, reason);
            }
        }
    }

    private Delivered next(FakeChannel from, long number) throws IOException {
        from.deliver(number);
        return came.get(came.size() - 1);
    }

    @Test
    void moreIsOneMoreConsumer_onAChannelOfItsOwn() throws Exception {
        assertThat(consumers.consume(Spot.BACK, 1)).isTrue();
        assertThat(consumers.consume(Spot.BACK, 5)).isTrue();

        assertThat(channels).extracting(made -> made.frames.get(0)).containsExactly("most 1", "most 4");
    }

    @Test
    void whatCameOfAQueueThatIsGone_staysAndIsSettledWithoutItsChannel() throws Exception {
        consumers.consume(Spot.BACK, 2);
        FakeChannel first = channels.get(0);
        Delivered running = next(first, 1);
        Delivered stopped = next(first, 2);

        first.consumer.handleCancel(first.tag);
        assertThat(changes).isEqualTo(1);
        assertThat(consumers.consumes(Spot.BACK)).isFalse();
        assertThat(first.open).as("the queue may be there").isTrue();
        consumers.vanished("goose:q");

        assertThat(first.open)
                .as("RabbitMQ could take it for a channel of the queue that is made again")
                .isFalse();
        assertThat(running.line().isAlive()).isTrue();
        running.line().acknowledge(List.of(running));
        assertThat(stopped.line().giveBack(stopped)).as("nobody has it").isFalse();
        assertThat(first.frames).containsExactly("most 2");
        consumers.tidy();
        assertThat(stopped.line().isAlive()).as("it is still in hand").isTrue();
        consumers.consume(Spot.BACK, 2);
        assertThat(channels).hasSize(2);
    }

    @Test
    void aQueueThatIsFoundMissing_isGone() throws Exception {
        consumers.consume(Spot.BACK, 1);
        Delivered running = next(channels.get(0), 1);

        consumers.vanished("goose:another");
        assertThat(running.line().isGone()).isFalse();
        consumers.vanished("goose:q");

        assertThat(running.line().isGone()).isTrue();
        assertThat(channels.get(0).open).isFalse();
    }

    @Test
    void aConsumerThatRabbitMqEnds_leavesWhatCameToBeAcknowledged() throws Exception {
        consumers.consume(Spot.BACK, 1);
        FakeChannel only = channels.get(0);
        Delivered running = next(only, 1);

        only.consumer.handleCancel(only.tag);
        assertThat(consumers.consumes(Spot.BACK)).isFalse();
        consumers.tidy();
        running.line().acknowledge(List.of(running));
        consumers.tidy();

        assertThat(only.frames).containsExactly("most 1", "ack 1");
        assertThat(only.open).isFalse();
    }

    @Test
    void aConsumerThatRabbitMqEndsWhileItIsCancelled_takesNothingWithIt() throws Exception {
        consumers.consume(Spot.BACK, 1);
        FakeChannel only = channels.get(0);
        Delivered running = next(only, 1);
        only.unknown = true;

        consumers.cancel();

        assertThat(running.line().isAlive()).isTrue();
        assertThat(only.open).isTrue();
    }

    @Test
    void whatIsOfAQueueThatIsGone_afterItsConsumerEnded_isGone() throws Exception {
        consumers.consume(Spot.BACK, 1);
        Delivered running = next(channels.get(0), 1);
        consumers.cancel();

        consumers.vanished("goose:q");

        assertThat(running.line().isGone()).isTrue();
    }

    @Test
    void aChannelThatIsClosedOnPurpose_changesNothing() throws Exception {
        consumers.consume(Spot.BACK, 1);
        consumers.cancel();
        consumers.tidy();

        assertThat(channels.get(0).open).isFalse();
        assertThat(changes).isZero();
    }

    @Test
    void aChannelThatDies_takesItsDeliveriesWithIt_andNoOthers() throws Exception {
        consumers.consume(Spot.FRONT, 1);
        consumers.consume(Spot.BACK, 1);
        Delivered ofFront = next(channels.get(0), 1);
        Delivered ofBack = next(channels.get(1), 1);

        channels.get(1).die();

        assertThat(ofBack.line().isAlive()).isFalse();
        assertThat(ofFront.line().isAlive()).isTrue();
        assertThat(consumers.consumes(Spot.BACK)).isFalse();
        assertThat(consumers.consumes(Spot.FRONT)).isTrue();
    }

    @Test
    void aChannelThatConsumesNoMore_isClosedWhenAllIsSettled() throws Exception {
        consumers.consume(Spot.BACK, 1);
        FakeChannel only = channels.get(0);
        Delivered running = next(only, 1);

        consumers.cancel();
        consumers.tidy();
        assertThat(only.open).isTrue();
        assertThat(consumers.all()).containsExactly(running.line());
        running.line().acknowledge(List.of(running));
        consumers.tidy();

        assertThat(only.frames).containsExactly("most 1", "cancel", "ack 1");
        assertThat(only.open).isFalse();
        assertThat(consumers.all()).isEmpty();
    }

    @Test
    void aChannel_isNotClosedWhileSomethingMayComeByIt() throws Exception {
        consumers.consume(Spot.BACK, 1);
        FakeChannel only = channels.get(0);
        only.silent = true; // its answer is behind what was on its way

        consumers.cancel();
        consumers.tidy();
        assertThat(only.open).isTrue();
        Objects.requireNonNull(only.consumer).handleCancelOk(only.tag);
        consumers.tidy();

        assertThat(only.open).isFalse();
    }

    @Test
    void aConsumerThatGetsNothing_isReplaced_andOneThatIsUsedIsNot() throws Exception {
        consumers.consume(Spot.BACK, 1);
        consumers.replaceUnused(LONG);
        assertThat(channels).hasSize(1);

        Delivered running = next(channels.get(0), 1);
        consumers.replaceUnused(-LONG);
        assertThat(channels).as("a job of it runs").hasSize(1);
        running.line().acknowledge(List.of(running));
        consumers.replaceUnused(-LONG);

        assertThat(channels).hasSize(2);
        assertThat(channels.get(0).frames).endsWith("cancel");
        consumers.tidy();
        assertThat(channels.get(0).open).isFalse();
        assertThat(channels.get(1).frames).containsExactly("most 1");
    }
}
