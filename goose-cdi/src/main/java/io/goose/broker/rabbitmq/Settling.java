package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.BrokerUnavailableException;
import io.goose.broker.rabbitmq.Held.Entry;
import io.goose.broker.rabbitmq.Holds.Hold;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
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
    private final Holds holds;
    private final Copies copies;
    private final Burials burials;

    // Settled by a call that failed for others of its list, so that it will be asked again.
    private final Set<Long> answered = ConcurrentHashMap.newKeySet();

    Settling(RabbitParts parts, Held held, Holds holds, Burials burials) {
        this.parts = parts;
        this.held = held;
        this.holds = holds;
        this.burials = burials;
        this.copies = new Copies(parts.clock());
    }

    /** A lease that is being ended. */
    private static final class Item {
        private final int index;
        private final Entry entry;
        private final Delivered delivered;
        private final int from; // its part of what is sent
        private final int to;

        private Item(int index, Entry entry, Delivered delivered, int from, int to) {
            this.index = index;
            this.entry = entry;
            this.delivered = delivered;
            this.from = from;
            this.to = to;
        }

        private long token() {
            return entry.lease().token();
        }
    }

    List<Verdict> settle(List<Settlement> settlements) {
        settlements.forEach(Copies::mustBePossible);
        Verdict[] verdicts = new Verdict[settlements.size()];
        List<Item> items = new ArrayList<>();
        List<Parcel> parcels = new ArrayList<>();
        boolean sent = false;
        try {
            begin(settlements, verdicts, items, parcels);
            List<SendResult> results = parts.sender().confirmed(parcels);
            sent = true;
            return end(settlements, items, results, verdicts);
        } finally {
            parcels.stream()
                    .filter(parcel -> parcel.spot() == Spot.DEAD)
                    .map(parcel -> parcel.job().queue())
                    .distinct()
                    .forEach(burials::look);
            if (!sent) {
                items.forEach(this::undo);
            }
        }
    }

    private void begin(List<Settlement> settlements, Verdict[] verdicts, List<Item> items, List<Parcel> parcels) {
        Set<Long> asked = new HashSet<>();
        for (int i = 0; i < verdicts.length; i++) {
            Settlement settlement = settlements.get(i);
            long token = settlement.lease().token();
            Entry entry = asked.add(token) ? held.settling(token) : null;
            Delivered delivered = entry == null ? null : delivery(entry);
            if (entry == null || delivered == null) {
                verdicts[i] = answered.contains(token) ? Verdict.APPLIED : Verdict.STALE;
                continue;
            }
            int from = parcels.size();
            parcels.addAll(copies.of(settlement));
            items.add(new Item(i, entry, delivered, from, parcels.size()));
        }
    }

    /** Null if the job was kept apart and has come out: it is another worker's. */
    private @Nullable Delivered delivery(Entry entry) {
        if (entry.hold() == null) {
            return entry.delivered();
        }
        boolean known = false;
        try {
            Delivered kept = holds.take(entry);
            known = true;
            if (kept == null) {
                held.remove(entry.lease().token());
            }
            return kept;
        } finally {
            if (!known) {
                held.unsettled(entry);
            }
        }
    }

    private List<Verdict> end(
            List<Settlement> settlements, List<Item> items, List<SendResult> results, Verdict[] verdicts) {
        List<Item> good = new ArrayList<>();
        BrokerUnavailableException failure = null;
        for (Item item : items) {
            BrokerUnavailableException one = failure(results.subList(item.from, item.to));
            if (one == null) {
                good.add(item);
            } else {
                failure = one;
                undo(item);
            }
        }
        Set<Line> broken = acknowledge(good.stream().map(item -> item.delivered).toList());
        for (Item item : good) {
            boolean acknowledged = !broken.contains(item.delivered.line());
            held.remove(item.token());
            Hold hold = item.entry.hold();
            if (hold != null) {
                item.delivered.line().end();
                holds.remove(hold);
            }
            verdicts[item.index] = acknowledged ? Verdict.APPLIED : Verdict.STALE;
            if (failure != null && acknowledged && answered.size() < MOST_REMEMBERED) {
                answered.add(item.token());
            }
        }
        if (failure != null) {
            throw failure;
        }
        settlements.forEach(settlement -> answered.remove(settlement.lease().token()));
        return List.of(verdicts);
    }

    /** It is asked for again. */
    private void undo(Item item) {
        Hold hold = item.entry.hold();
        if (hold != null) {
            item.delivered.line().end(); // back into its own queue
            Holds.goOn(hold);
        }
        held.unsettled(item.entry);
    }

    private @Nullable BrokerUnavailableException failure(List<SendResult> sent) {
        for (SendResult result : sent) {
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

    /**
     * Gives jobs back without an attempt, also where nothing can be sent: marked as delivered before, then.
     *
     * @return those that could not go back, for their queue is gone, and perhaps nobody has them now
     */
    List<Delivered> giveBack(List<Delivered> deliveries) {
        List<Delivered> live = deliveries.stream()
                .filter(delivered -> delivered.line().isAlive())
                .toList();
        if (live.isEmpty()) {
            return List.of();
        }
        List<Parcel> parcels = live.stream()
                .map(delivered -> copies.released(delivered.job(), Duration.ZERO))
                .toList();
        List<SendResult> sent = parts.publishing().blocked() == null ? confirmedOrNone(parcels) : List.of();
        List<Delivered> left = new ArrayList<>();
        List<Delivered> good = new ArrayList<>();
        for (int i = 0; i < live.size(); i++) {
            if (i < sent.size() && sent.get(i) instanceof SendResult.Accepted) {
                good.add(live.get(i));
                continue;
            }
            try {
                if (!live.get(i).line().giveBack(live.get(i))) {
                    left.add(live.get(i));
                }
            } catch (IOException | RuntimeException gone) {
                LOG.log(DEBUG, "a delivery goes back by the end of its channel: {0}", gone.toString());
            }
        }
        Set<Line> broken = acknowledge(good);
        LOG.log(DEBUG, "{0} jobs went back, {1} channels died of it", live.size() - left.size(), broken.size());
        return left;
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
