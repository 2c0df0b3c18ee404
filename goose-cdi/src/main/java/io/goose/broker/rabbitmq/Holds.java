package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Held.Entry;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Lease;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps jobs that run for longer than RabbitMQ lets a delivery be open: it would close the channel, and with it take away all jobs
 * beside this one; and those whose queue was deleted while they ran. Such a job is copied into a queue of its own, which gives it to others when nothing is heard of it for the time
 * of a lease, and its delivery is acknowledged. At each beat a fresh copy takes the place of the last. For the heart and the
 * settler, which use different jobs of it: a job that is being settled is not renewed.
 */
final class Holds {

    private static final System.Logger LOG = System.getLogger(Holds.class.getPackageName());
    private static final String TURN = "goose-turn";
    private static final int UNUSED_LEASES = 20; // after so many a queue that was forgotten goes

    private final RabbitParts parts;
    private final Held held;
    private final Duration lease;

    Holds(RabbitParts parts, Held held, Duration lease) {
        this.parts = parts;
        this.held = held;
        this.lease = lease;
    }

    /** Where a job is kept. */
    static final class Hold {
        private final String physical;
        private final QueuedJob copy;
        private int turn; // guarded by this
        private boolean settling; // guarded by this

        private Hold(String physical, QueuedJob copy) {
            this.physical = physical;
            this.copy = copy;
        }
    }

    /** Copies jobs whose deliveries have been open for too long, and renews the copies of others; returns leases that are lost. */
    List<Lease> renew(Duration openFor) {
        List<Lease> lost = new ArrayList<>();
        long now = System.nanoTime();
        for (Entry entry : held.all()) {
            Hold hold = entry.hold();
            try {
                if (hold != null) {
                    if (!isRenewed(hold) && held.remove(entry.lease().token()) != null) {
                        lost.add(entry.lease());
                    }
                } else if (entry.delivered().line().isAlive()
                        && (entry.delivered().line().isGone() // it is in no queue
                                || now - entry.delivered().sinceNanos() > openFor.toNanos())) {
                    begin(entry);
                }
            } catch (GooseException away) { // so it would be for the others, and the heart has more to do
                LOG.log(
                        DEBUG,
                        "job {0} is copied at the next beat: {1}",
                        entry.lease().job().id(),
                        away.getMessage());
                return lost;
            }
        }
        return lost;
    }

    private void begin(Entry entry) {
        QueuedJob job = entry.lease().job();
        DeliveryState state = job.state();
        Hold hold = new Hold(
                parts.names().hold(UUID.randomUUID().toString()),
                // Nobody has it while it is here but one who runs it: if it comes out its worker has died.
                job.withState(state.withCrashes(state.crashes() + 1).withLane(Lane.SUSPECT)));
        Map<String, Object> arguments = QueueArguments.quorum();
        arguments.put("x-message-ttl", lease.toMillis());
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", parts.names().suspect(job.queue()));
        arguments.put("x-expires", UNUSED_LEASES * lease.toMillis());
        parts.consuming()
                .once(
                        "make a queue for a long job",
                        channel -> channel.queueDeclare(hold.physical, true, false, false, arguments));
        if (!put(hold, 0) || !held.keep(entry, hold)) {
            remove(hold); // it was settled meanwhile, or somebody deletes such queues
            return;
        }
        try {
            entry.delivered().line().acknowledge(List.of(entry.delivered()));
        } catch (IOException | RuntimeException gone) {
            LOG.log(DEBUG, "the delivery of job {0} comes again although it is copied: {1}", job.id(), gone.toString());
        }
        LOG.log(
                INFO,
                "GOOSE-3095: job {0} runs for longer than RabbitMQ lets a delivery be open, or its queue is gone; it is kept in"
                        + " a queue of its own",
                job.id());
    }

    /** False if its queue is gone. */
    private boolean put(Hold hold, int turn) {
        BasicProperties properties = parts.messages().properties(hold.copy, Map.of(TURN, Integer.toString(turn)));
        return parts.publisher()
                .publishAndWait(hold.physical, properties, hold.copy.envelope().bytes());
    }

    /** False if the copy has come out: another worker has the job then. */
    private boolean isRenewed(Hold hold) {
        synchronized (hold) {
            if (hold.settling) {
                return true;
            }
            int mine = ++hold.turn; // also if it is not known whether it arrives
            if (!put(hold, mine)) {
                return false;
            }
            return parts.consuming().once("renew a long job", channel -> {
                boolean older = false;
                GetResponse got = channel.basicGet(hold.physical, false);
                while (got != null && turn(got) < mine) {
                    older = true;
                    channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
                    got = channel.basicGet(hold.physical, false);
                }
                if (!older && got != null) {
                    channel.basicAck(got.getEnvelope().getDeliveryTag(), false); // ours alone: what was there is out
                }
                return older; // one that was got and not acknowledged goes back with the channel
            });
        }
    }

    private static int turn(GetResponse got) {
        String turn = Messages.header(got.getProps(), TURN);
        return turn == null ? 0 : Integer.parseInt(turn);
    }

    /** Takes the copy back, to settle it; null if others have it. Until its channel ends it is nobody else's. */
    @Nullable Delivered take(Entry entry) {
        Hold hold = entry.hold();
        if (hold == null) {
            return null;
        }
        synchronized (hold) {
            hold.settling = true;
        }
        Line line = new Line(
                entry.lease().job().queue(),
                hold.physical,
                entry.delivered().from(),
                parts.messages(),
                parts.consuming().channel(),
                delivered -> {},
                () -> {});
        try {
            Delivered got = line.get(left -> {});
            if (got == null) {
                line.end();
            }
            return got;
        } catch (IOException | RuntimeException failure) {
            line.end();
            if (Faults.code(failure) == AMQP.NOT_FOUND) {
                return null; // its queue is gone, and it with it: it has come out, or somebody deleted it
            }
            goOn(hold);
            throw Faults.exception("take a long job back", parts.consuming().where(), failure);
        }
    }

    /** Forgets a copy that was acknowledged, or is not needed. */
    void remove(Hold hold) {
        try {
            parts.consuming().once("remove the queue of a long job", channel -> channel.queueDelete(hold.physical));
        } catch (GooseException later) {
            LOG.log(DEBUG, "{0} goes by itself: {1}", hold.physical, later.getMessage());
        }
    }

    /** Lets the copy be renewed again, which could not be settled. */
    static void goOn(Hold hold) {
        synchronized (hold) {
            hold.settling = false;
        }
    }
}
