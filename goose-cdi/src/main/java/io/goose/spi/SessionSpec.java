package io.goose.spi;

import io.goose.QueueNames;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What a session tells the broker about itself when it opens.
 *
 * @param queues the queues it will lease from, each at most once
 * @param threads how many jobs it runs at a time
 * @param exposure how many of its oldest unsettled leases can have been running when it dies: its threads and the outcomes
 *     that it may not have written yet; at least {@code threads}. Counted for each queue; a leased suspect always counts
 * @param announced what it can run: {@code handler:<name>}, {@code enc:<name>}, {@code v:<number>}; none holds a character up
 *     to the space, which names have escaped
 * @param lease how long its leases live without a beat
 * @param heartbeat how often it will beat
 * @param host where it runs, for people to read
 * @param measures whether its worker can measure the sizes of the broker's queues
 * @since 0.1
 */
public record SessionSpec(
        List<String> queues,
        int threads,
        int exposure,
        Set<String> announced,
        Duration lease,
        Duration heartbeat,
        String host,
        boolean measures) {

    public SessionSpec {
        queues = List.copyOf(queues);
        queues.forEach(QueueNames::check);
        announced = Set.copyOf(announced);
        Objects.requireNonNull(host, "host");
        if (threads < 1 || exposure < threads) {
            throw new IllegalArgumentException(
                    "a session needs threads >= 1 and exposure >= threads, were " + threads + " and " + exposure);
        }
    }

    /** One whose worker can measure. */
    public SessionSpec(
            List<String> queues,
            int threads,
            int exposure,
            Set<String> announced,
            Duration lease,
            Duration heartbeat,
            String host) {
        this(queues, threads, exposure, announced, lease, heartbeat, host, true);
    }

    /**
     * An id for such a session, of 36 characters. Of the workers of a broker the one with the least id measures for all, so the ids
     * of those that cannot are greater than those of all that can.
     */
    public String newId() {
        String id = UUID.randomUUID().toString();
        return measures ? id : 'z' + id.substring(1);
    }

    /**
     * Whether this session announced all that a job needs.
     *
     * @param need one announcement, or several separated by single spaces
     */
    public boolean canRun(String need) {
        int from = 0;
        for (int end = need.indexOf(' '); end >= 0; end = need.indexOf(' ', from)) {
            if (!announced.contains(need.substring(from, end))) {
                return false;
            }
            from = end + 1;
        }
        return announced.contains(need.substring(from));
    }
}
