package io.goose.broker.rabbitmq;

import com.rabbitmq.client.AlreadyClosedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.broker.rabbitmq.Publication.Fate;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts jobs where they belong: the back or the front of their queue, the ladder, or where the dead and the parked are. Thread-safe. */
final class Sender {

    private final Publisher publisher;
    private final Topology topology;
    private final Names names;
    private final Messages messages;
    private final InstantSource clock;
    private final Connector connector;
    private final String where;
    private final Duration patience;

    /**
     * @param connector has the threads on which senders are told, and messages are sent again
     */
    Sender(
            Publisher publisher,
            Topology topology,
            Names names,
            Messages messages,
            InstantSource clock,
            Connector connector,
            Link link) {
        this.publisher = publisher;
        this.topology = topology;
        this.names = names;
        this.messages = messages;
        this.clock = clock;
        this.connector = connector;
        this.where = link.where();
        this.patience = link.patience();
    }

    /** A place for jobs. */
    enum Spot {
        BACK,
        FRONT,
        SUSPECT,
        DEAD,
        PARKED,
        /** The ladder: until its time has come. */
        LATER
    }

    /**
     * A job on its way to a place.
     *
     * @param seconds how long it is to wait; for {@link Spot#LATER} only
     * @param headers more of them
     */
    record Parcel(QueuedJob job, Spot spot, long seconds, Map<String, String> headers) {

        Parcel(QueuedJob job, Spot spot) {
            this(job, spot, 0, Map.of());
        }

        /** To where its record says. */
        static Parcel of(QueuedJob job, InstantSource clock) {
            Instant due = job.state().notBefore();
            if (due != null) {
                return after(job, Duration.between(clock.instant(), due), clock);
            }
            return new Parcel(job, job.state().lane() == Lane.BACK ? Spot.BACK : Spot.FRONT);
        }

        /** To run after this delay, by the clock of RabbitMQ. */
        static Parcel after(QueuedJob job, Duration delay, InstantSource clock) {
            if (delay.isZero() || delay.isNegative()) {
                return new Parcel(job.withState(job.state().withNotBefore(null)), Spot.FRONT);
            }
            Instant due = clock.instant().plus(delay);
            return new Parcel(
                    job.withState(job.state().withNotBefore(due)), Spot.LATER, Ladder.seconds(delay), Map.of());
        }
    }

    /** Sends jobs where their records say. */
    CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        List<Parcel> parcels = new ArrayList<>(jobs.size());
        for (QueuedJob job : jobs) {
            parcels.add(Parcel.of(job, clock));
        }
        return deliver(parcels);
    }

    /** Sends jobs to these places; one result for each, in order. */
    CompletionStage<List<SendResult>> deliver(List<Parcel> parcels) {
        if (parcels.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Delivery delivery = new Delivery(parcels, publisher.nextLane());
        for (int i = 0; i < parcels.size(); i++) {
            delivery.publish(i, true);
        }
        return delivery.done;
    }

    /** Sends jobs to these places, and waits until all are confirmed; what each became, if it is not that, is thrown. */
    void mustDeliver(List<Parcel> parcels) {
        for (SendResult result : confirmed(parcels)) {
            if (result instanceof SendResult.Unknown unknown) {
                throw unknown.cause() instanceof GooseException ours
                        ? ours
                        : Faults.unavailable("send a job on", where, unknown.cause());
            } else if (result instanceof SendResult.Rejected rejected) {
                throw new BrokerUnavailableException(rejected.code() + ": " + rejected.message(), null);
            }
        }
    }

    /** Sends jobs to these places, and waits for what becomes of each. */
    List<SendResult> confirmed(List<Parcel> parcels) {
        CompletableFuture<List<SendResult>> sent = deliver(parcels).toCompletableFuture();
        try {
            return sent.get(4 * patience.toMillis(), TimeUnit.MILLISECONDS); // each has an answer by then, of its own
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Faults.unavailable("send a job on", where, stopped);
        } catch (ExecutionException | TimeoutException failure) {
            throw Faults.unavailable("send a job on", where, failure);
        }
    }

    /** Some jobs on their way. */
    private final class Delivery {
        private final List<Parcel> parcels;
        private final int lane;
        private final AtomicReferenceArray<@Nullable SendResult> results;
        private final AtomicInteger left;
        private final long deadline = publisher.deadline(); // of all together
        private final AtomicBoolean forgot = new AtomicBoolean();
        private final CompletableFuture<List<SendResult>> done = new CompletableFuture<>();
        private final Thread sender = Thread.currentThread();
        private volatile @Nullable GooseException refused; // what held up one holds up those after it

        private Delivery(List<Parcel> parcels, int lane) {
            this.parcels = parcels;
            this.lane = lane;
            this.results = new AtomicReferenceArray<>(parcels.size());
            this.left = new AtomicInteger(parcels.size());
        }

        private void publish(int index, boolean first) {
            GooseException before = refused;
            if (before != null) {
                answer(index, new SendResult.Unknown(false, before));
                return;
            }
            Parcel parcel = parcels.get(index);
            String queue = parcel.job().queue();
            try {
                if (!topology.knows(queue)) {
                    Optional<String> problem = names.problem(queue);
                    if (problem.isPresent()) {
                        answer(
                                index,
                                new SendResult.Rejected(
                                        "GOOSE-1002", "'" + queue + "' is no queue name: " + problem.get()));
                        return;
                    }
                    topology.ensure(queue);
                }
                if (parcel.spot() == Spot.LATER) {
                    topology.ensureLadder();
                }
            } catch (GooseException away) {
                if (away instanceof BrokerUnavailableException) {
                    refused = away;
                }
                answer(index, new SendResult.Unknown(false, away));
                return;
            }
            publisher.publish(lane, message(parcel, fate -> ended(index, first, fate)), deadline);
        }

        private void ended(int index, boolean first, Fate fate) {
            if (fate instanceof Fate.Returned && first) {
                slowly(() -> again(index));
                return;
            }
            if (fate instanceof Fate.Refused && System.nanoTime() + Connector.MOMENT_NANOS - deadline < 0) {
                // A queue that was just made may have no leader yet; RabbitMQ says that a refused message is to be sent
                // again.
                results.set(index, result(parcels.get(index), fate)); // for now
                connector.afterAMoment(() -> slowly(() -> publish(index, first)));
                return;
            }
            if (fate instanceof Fate.Unknown unknown) {
                if (first && unknown.cause() instanceof AlreadyClosedException) {
                    slowly(() -> publish(index, false)); // the channel had just died; another one is opened
                    return;
                }
                if (!unknown.sent() && unknown.cause() instanceof GooseException away) {
                    refused = away;
                }
            }
            answer(index, result(parcels.get(index), fate));
        }

        /** What was there when it was looked at is gone: somebody deleted it. It is made again, for one more try. */
        private void again(int index) {
            try {
                if (forgot.compareAndSet(false, true)) {
                    parcels.stream().map(each -> each.job().queue()).distinct().forEach(topology::forget);
                    if (parcels.stream().anyMatch(each -> each.spot() == Spot.LATER)) {
                        topology.forgetLadder();
                    }
                }
                publish(index, false);
            } catch (GooseException away) {
                answer(index, new SendResult.Unknown(false, away));
            }
        }

        /** A job that was refused, and could not be sent again, is one that was refused: it may be there. */
        private void answer(int index, SendResult result) {
            boolean unsent = result instanceof SendResult.Unknown unknown && !unknown.sent();
            if (!unsent || results.get(index) == null) {
                results.set(index, result);
            }
            if (left.decrementAndGet() == 0) {
                List<SendResult> all = new ArrayList<>(parcels.size());
                for (int i = 0; i < parcels.size(); i++) {
                    SendResult one = results.get(i);
                    all.add(one == null ? SendResult.Accepted.INSTANCE : one);
                }
                if (Thread.currentThread() == sender) {
                    done.complete(all); // nobody waits for it yet; and a server may let no other thread run
                } else {
                    execute(connector.answers(), () -> done.complete(all));
                }
            }
        }
    }

    /** Sending waits for the broker, and so for the thread that reads from it; and those who are told must not wait behind it. */
    private void slowly(Runnable action) {
        execute(connector.slow(), action);
    }

    private static void execute(Executor on, Runnable action) {
        try {
            on.execute(action);
        } catch (RejectedExecutionException stopping) {
            action.run();
        }
    }

    private Publication message(Parcel parcel, Consumer<Fate> told) {
        QueuedJob job = parcel.job();
        String queue = job.queue();
        String exchange = "";
        String key =
                switch (parcel.spot()) {
                    case BACK -> names.back(queue);
                    case FRONT -> names.front(queue);
                    case SUSPECT -> names.suspect(queue);
                    case DEAD -> names.dead(queue);
                    case PARKED -> names.parked(queue);
                    case LATER -> {
                        exchange = names.level(Ladder.first(parcel.seconds()));
                        yield Ladder.key(parcel.seconds(), queue);
                    }
                };
        return new Publication(
                exchange,
                key,
                messages.properties(job, parcel.headers()),
                job.envelope().bytes(),
                told);
    }

    private SendResult result(Parcel parcel, Fate fate) {
        if (fate instanceof Fate.Confirmed) {
            return SendResult.Accepted.INSTANCE;
        } else if (fate instanceof Fate.Returned) {
            return new SendResult.Rejected(
                    "GOOSE-3089",
                    "queue '" + parcel.job().queue() + "' is deleted at " + where
                            + " as soon as it is made; see who or which policy does that");
        } else if (fate instanceof Fate.Refused) {
            return new SendResult.Unknown(
                    true, // it does not promise the contrary
                    new BrokerUnavailableException(
                            "GOOSE-3090: " + where + " does not take the job into queue '"
                                    + parcel.job().queue()
                                    + "': the queue is as full as a policy allows, or has no leader; enqueue again",
                            null));
        }
        Fate.Unknown unknown = (Fate.Unknown) fate;
        Throwable cause = unknown.cause();
        return new SendResult.Unknown(
                unknown.sent(), cause instanceof GooseException ? cause : Faults.unavailable("send", where, cause));
    }
}
