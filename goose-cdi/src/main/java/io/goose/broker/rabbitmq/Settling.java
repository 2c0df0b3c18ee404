package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.BrokerUnavailableException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.spi.SendResult;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends leases: what goes on is sent and confirmed first, then the deliveries are acknowledged. A crash between the two brings a job
 * twice, never not at all. For one thread at a time, but for the leases, which others change too.
 */
final class Settling {

    private static final System.Logger LOG = System.getLogger(Settling.class.getPackageName());
    private static final int MOST_REMEMBERED = 10_000;

    private final RabbitParts parts;
    private final Held held;
    private final Copies copies;

    // Settled by a call that failed for others of its list, so that it will be asked again.
    private final Set<Long> answered = ConcurrentHashMap.newKeySet();

    Settling(RabbitParts parts, Held held) {
        this.parts = parts;
        this.held = held;
        this.copies = new Copies(parts.clock());
    }

    List<Verdict> settle(List<Settlement> settlements) {
        settlements.forEach(Copies::mustBePossible);
        List<@Nullable Verdict> verdicts = new ArrayList<>();
        List<Delivered> ended = new ArrayList<>();
        List<Integer> endedAt = new ArrayList<>();
        List<Parcel> parcels = new ArrayList<>();
        Set<Long> asked = new HashSet<>();
        List<int[]> ranges = new ArrayList<>(); // of the parcels of each of these
        for (int i = 0; i < settlements.size(); i++) {
            long token = settlements.get(i).lease().token();
            Delivered delivered = asked.add(token) ? held.live(token) : null;
            if (delivered == null) {
                verdicts.add(answered.remove(token) ? Verdict.APPLIED : Verdict.STALE);
                continue;
            }
            verdicts.add(null);
            int from = parcels.size();
            parcels.addAll(copies.of(settlements.get(i)));
            ended.add(delivered);
            endedAt.add(i);
            ranges.add(new int[] {from, parcels.size()});
        }
        List<SendResult> sent = parts.sender().confirmed(parcels);
        List<Integer> good = new ArrayList<>();
        BrokerUnavailableException failure = null;
        for (int i = 0; i < ended.size(); i++) {
            BrokerUnavailableException one = failure(sent, ranges.get(i));
            if (one == null) {
                good.add(i);
            } else {
                failure = one;
            }
        }
        Set<Line> broken = acknowledge(good.stream().map(ended::get).toList());
        for (int i : good) {
            Delivered delivered = ended.get(i);
            boolean acknowledged = !broken.contains(delivered.line());
            long token = settlements.get(endedAt.get(i)).lease().token();
            held.remove(token);
            verdicts.set(endedAt.get(i), acknowledged ? Verdict.APPLIED : Verdict.STALE);
            if (failure != null && acknowledged && answered.size() < MOST_REMEMBERED) {
                answered.add(token);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return verdicts.stream()
                .map(verdict -> verdict == null ? Verdict.STALE : verdict)
                .toList();
    }

    private @Nullable BrokerUnavailableException failure(List<SendResult> sent, int[] range) {
        for (int i = range[0]; i < range[1]; i++) {
            SendResult result = sent.get(i);
            if (result instanceof SendResult.Unknown unknown) {
                return unknown.cause() instanceof BrokerUnavailableException away
                        ? away
                        : Faults.unavailable("settle", parts.publishing().where(), unknown.cause());
            } else if (result instanceof SendResult.Rejected rejected) {
                return new BrokerUnavailableException(rejected.code() + ": " + rejected.message(), null);
            }
        }
        return null;
    }

    /** Acknowledges deliveries; returns the channels that died of it. */
    private static Set<Line> acknowledge(List<Delivered> deliveries) {
        Set<Line> broken = new HashSet<>();
        Map<Line, List<Delivered>> byLine = deliveries.stream().collect(Collectors.groupingBy(Delivered::line));
        byLine.forEach((line, ofLine) -> {
            try {
                line.acknowledge(ofLine);
            } catch (IOException | RuntimeException gone) {
                LOG.log(DEBUG, "{0} settled jobs come again, their channel is gone: {1}", ofLine.size(), gone);
                broken.add(line);
            }
        });
        return broken;
    }

    /** Gives jobs back without an attempt, also where nothing can be sent: marked as delivered before, then. */
    void giveBack(List<Delivered> deliveries) {
        List<Delivered> live = deliveries.stream()
                .filter(delivered -> delivered.line().isAlive())
                .toList();
        if (live.isEmpty()) {
            return;
        }
        List<Parcel> parcels = live.stream()
                .map(delivered -> copies.released(delivered.job(), Duration.ZERO))
                .toList();
        List<SendResult> sent = parts.publishing().blocked() == null ? confirmedOrNone(parcels) : List.of();
        List<Delivered> good = new ArrayList<>();
        for (int i = 0; i < live.size(); i++) {
            if (i < sent.size() && sent.get(i) instanceof SendResult.Accepted) {
                good.add(live.get(i));
                continue;
            }
            try {
                live.get(i).line().giveBack(live.get(i));
            } catch (IOException | RuntimeException gone) {
                LOG.log(DEBUG, "a delivery goes back by the end of its channel: {0}", gone.toString());
            }
        }
        Set<Line> broken = acknowledge(good);
        LOG.log(DEBUG, "{0} jobs went back, {1} channels died of it", live.size(), broken.size());
    }

    private List<SendResult> confirmedOrNone(List<Parcel> parcels) {
        try {
            return parts.sender().confirmed(parcels);
        } catch (BrokerUnavailableException away) {
            LOG.log(DEBUG, "what goes back cannot be sent: {0}", away.getMessage());
            return List.of();
        }
    }
}
