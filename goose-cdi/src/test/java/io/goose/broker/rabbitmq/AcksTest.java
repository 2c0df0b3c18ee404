package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class AcksTest {

    private final List<String> frames = new ArrayList<>();
    private final TreeSet<Long> open = new TreeSet<>();
    private final Channel channel = (Channel) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Channel.class}, (self, method, arguments) -> {
                long number = (long) arguments[0];
                boolean multiple = (boolean) arguments[1];
                frames.add(method.getName() + " " + number + (multiple ? " and before" : ""));
                assertThat(open)
                        .as("a number that is open: the broker closes the channel for another")
                        .contains(number);
                if (multiple) {
                    open.headSet(number, true).clear();
                } else {
                    open.remove(number);
                }
                return null;
            });
    private final Acks acks = new Acks(channel);

    private void deliver(int count) {
        for (long number = 1; number <= count; number++) {
            open.add(number);
        }
    }

    @Test
    void whatHasEndedInARow_isOneFrame() throws IOException {
        deliver(5);

        acks.acknowledge(List.of(3L, 1L, 2L));

        assertThat(frames).containsExactly("basicAck 3 and before");
        assertThat(open).containsExactly(4L, 5L);
    }

    @Test
    void whatEndsDuringAHold_isSentAfterIt() throws IOException {
        deliver(3);

        acks.hold();
        acks.acknowledge(List.of(1L));
        acks.acknowledge(List.of(2L));
        assertThat(frames).isEmpty();
        acks.release();

        assertThat(frames).containsExactly("basicAck 2 and before");
        assertThat(open).containsExactly(3L);
    }

    @Test
    void aSlowJob_keepsNoOtherOpen() throws IOException {
        deliver(5);

        acks.acknowledge(List.of(2L, 4L));
        acks.acknowledge(List.of(1L));

        assertThat(frames).containsExactly("basicAck 2", "basicAck 4", "basicAck 1 and before");
        assertThat(open).containsExactly(3L, 5L);
    }

    @Test
    void whatWentBack_isNoGap() throws IOException {
        deliver(3);

        acks.giveBack(1);
        acks.acknowledge(List.of(2L, 3L));

        assertThat(frames).containsExactly("basicNack 1", "basicAck 3 and before");
        assertThat(open).isEmpty();
    }

    @Test
    void anyOrder_endsEachOnce() throws IOException {
        int count = 3_000;
        deliver(count);
        List<Long> numbers = new ArrayList<>(open);
        Collections.shuffle(numbers, new Random(7));

        for (int from = 0; from < count; ) {
            int to = Math.min(count, from + 1 + from % 40);
            acks.acknowledge(numbers.subList(from, to));
            from = to;
        }

        assertThat(open).isEmpty();
    }
}
