package io.goose.broker.rabbitmq;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Acknowledges the deliveries of one channel, which end in any order, with as few frames as may be: all up to a number with one
 * if all of them have ended, the others one by one. An end never waits for that of another. Thread-safe.
 */
final class Acks {

    private final Channel channel;

    // guarded by this
    private final BitSet ended = new BitSet(); // numbers from first on
    private long first = 1; // all before have ended
    private boolean waiting;
    private final List<Long> waitingNumbers = new ArrayList<>();

    Acks(Channel channel) {
        this.channel = channel;
    }

    /** Acknowledges deliveries; each once. */
    synchronized void acknowledge(Collection<Long> numbers) throws IOException {
        if (waiting) {
            waitingNumbers.addAll(numbers);
            return;
        }
        for (long number : numbers) {
            ended.set((int) (number - first));
        }
        int whole = ended.nextClearBit(0);
        long upTo = first + whole; // exclusive
        long last = -1;
        for (long number : numbers) {
            if (number < upTo) {
                last = Math.max(last, number);
            } else {
                channel.basicAck(number, false);
            }
        }
        if (last >= 0) {
            channel.basicAck(last, true); // one that is still open: the broker refuses another
        }
        moveTo(upTo, whole);
    }

    /** Has acknowledgements wait. Should the channel die meanwhile, they are lost as if they had been on their way. */
    synchronized void hold() {
        waiting = true;
    }

    /** Sends what has waited. */
    synchronized void release() throws IOException {
        waiting = false;
        List<Long> numbers = List.copyOf(waitingNumbers);
        waitingNumbers.clear();
        if (!numbers.isEmpty()) {
            acknowledge(numbers);
        }
    }

    private void moveTo(long upTo, int whole) {
        if (whole > 0) {
            BitSet rest = ended.get(whole, ended.length());
            ended.clear();
            ended.or(rest);
            first = upTo;
        }
    }

    /** Gives a delivery back to its queue; the broker marks it as delivered before. */
    synchronized void giveBack(long number) throws IOException {
        ended.set((int) (number - first));
        int whole = ended.nextClearBit(0);
        channel.basicNack(number, false, true);
        moveTo(first + whole, whole);
    }
}
