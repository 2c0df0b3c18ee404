package io.goose.engine.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The order in which a worker looks at its queues. Weighted: smooth round robin, so that in any run of claims each queue
 * comes first in proportion to its weight. Strict: always the given order. For one thread.
 */
final class QueueOrder {

    private final String[] queues;
    private final int[] weights;
    private final long[] credit;
    private final long total;
    private final boolean strict;

    QueueOrder(Map<String, Integer> weighted, WorkerSettings.Order order) {
        queues = weighted.keySet().toArray(String[]::new);
        weights = weighted.values().stream().mapToInt(Integer::intValue).toArray();
        credit = new long[queues.length];
        total = Arrays.stream(weights).asLongStream().sum();
        strict = order == WorkerSettings.Order.STRICT;
    }

    /** The queues for the next claim, the one whose turn it is first. */
    List<String> next() {
        List<String> order = new ArrayList<>(queues.length);
        if (strict || queues.length == 1) {
            order.addAll(Arrays.asList(queues));
            return order;
        }
        int first = 0;
        for (int i = 0; i < queues.length; i++) {
            credit[i] += weights[i];
            if (credit[i] > credit[first]) {
                first = i;
            }
        }
        credit[first] -= total;
        order.add(queues[first]);
        for (int i = 1; i < queues.length; i++) { // the rest in turn, for when the first is empty
            order.add(queues[(first + i) % queues.length]);
        }
        return order;
    }
}
