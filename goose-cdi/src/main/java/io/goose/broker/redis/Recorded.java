package io.goose.broker.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a settle has recorded for another queue: a header, in which the lengths of some texts come first, then these texts and
 * behind them the envelope.
 *
 * @param texts each of them, and the envelope
 * @param rest what else the header says
 */
record Recorded(List<byte[]> texts, List<String> rest) {

    /**
     * Reads it.
     *
     * @param count how many texts there are before the envelope
     * @throws IllegalArgumentException or {@link IndexOutOfBoundsException} if it is something else
     */
    static Recorded of(byte[] content, int count) {
        int end = 0;
        while (content[end] != '\n') {
            end++;
        }
        List<String> header = List.of(Records.text(Arrays.copyOf(content, end)).split(" ", -1));
        List<byte[]> texts = new ArrayList<>(count);
        int from = end + 1;
        for (String length : header.subList(0, count)) {
            int to = from + Integer.parseInt(length);
            texts.add(Arrays.copyOfRange(content, from, to));
            from = to;
        }
        texts.add(Arrays.copyOfRange(content, from, content.length));
        return new Recorded(texts, header.subList(count, header.size()));
    }
}
