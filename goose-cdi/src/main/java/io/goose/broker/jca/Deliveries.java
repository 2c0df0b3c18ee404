package io.goose.broker.jca;

import io.goose.UnsupportedCapabilityException;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import jakarta.resource.cci.MappedRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the resource adapter's worker and an application's message-driven bean say to each other, as standard types. The adapter
 * sends a record with a function that takes the answer; the bean calls that before it returns, so that nothing which the
 * container does around the bean changes what was answered. Stateless.
 *
 * @since 0.1
 */
public final class Deliveries {

    private static final System.Logger LOG = System.getLogger(Deliveries.class.getName());

    private static final String ABILITIES = "abilities";
    private static final String RUN = "run";
    private static final String BEGIN = "runInTransaction";
    private static final String LEASE = "lease";
    private static final String WATCH = "watch";
    private static final String ANSWER = "answer";
    private static final String ENDED = "ended";

    private Deliveries() {}

    /**
     * What an application can run, and within which limits.
     *
     * @param announced see {@link io.goose.spi.SessionSpec#announced}
     * @param cancelGrace how long a cancelled run is left to end by itself
     * @param stuckAfter when a run is reported as stuck; zero for never
     * @param transacted whether the bean runs jobs in the transactions of their deliveries, and not without
     */
    public record Abilities(Set<String> announced, Duration cancelGrace, Duration stuckAfter, boolean transacted) {

        public Abilities {
            announced = Set.copyOf(announced);
        }

        /** Those of a bean that runs jobs without. */
        public Abilities(Set<String> announced, Duration cancelGrace, Duration stuckAfter) {
            this(announced, cancelGrace, stuckAfter, false);
        }
    }

    /** A job that was run in the transaction of its delivery, which has not ended. Used by one thread. */
    public interface Begun {

        /** How the job ends if that commits; empty if it must not. */
        Optional<Settlement> ifCommitted();

        /**
         * Says how the transaction ended, once, on the thread of the delivery and after that.
         *
         * @param why it was rolled back, for people; null otherwise
         * @return how the job ended; empty if there is nothing to say any more
         */
        Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why);
    }

    /** The application's side. */
    public interface Application {

        /** What it can run; throws IllegalStateException while it runs nothing. */
        Abilities abilities();

        /**
         * Runs a job.
         *
         * @param watch answers what the worker knows of the lease: the name of a question, its argument, the answer
         * @return how it ended; empty if there is nothing to say any more
         * @throws IllegalStateException while it runs nothing
         */
        Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch);

        /**
         * Runs a job in the transaction that surrounds the call.
         *
         * @param watch as for {@link #run}
         * @throws IllegalStateException while it runs nothing, or if there is no transaction
         */
        default Begun begin(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            throw new IllegalStateException("GOOSE-3222: job " + lease.job().id()
                    + " was delivered in a transaction, in which this bean runs none; extend"
                    + " io.goose.mdb.TransactionalJobsBean, or let onMessage be NotSupported");
        }
    }

    /** The record that asks for the {@link Abilities}. */
    public static MappedRecord<?, ?> question(Consumer<Map<?, ?>> answer) {
        return new CallRecord(call(ABILITIES, answer));
    }

    /**
     * The record that brings a job.
     *
     * @param watch see {@link Application#run}; must answer null to what it does not know
     */
    public static MappedRecord<?, ?> job(
            Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch, Consumer<Map<?, ?>> answer) {
        return job(RUN, lease, watch, answer);
    }

    /** The record that brings a job in a transaction; its answer is read by {@link #begun}. */
    public static MappedRecord<?, ?> transacted(
            Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch, Consumer<Map<?, ?>> answer) {
        return job(BEGIN, lease, watch, answer);
    }

    private static MappedRecord<?, ?> job(
            String what,
            Lease lease,
            BiFunction<String, @Nullable Object, @Nullable Object> watch,
            Consumer<Map<?, ?>> answer) {
        Map<String, @Nullable Object> call = call(what, answer);
        call.put(LEASE, Trees.of(lease));
        call.put(WATCH, watch);
        return new CallRecord(call);
    }

    private static Map<String, @Nullable Object> call(String what, Consumer<Map<?, ?>> answer) {
        Map<String, @Nullable Object> call = new HashMap<>();
        call.put(Calls.VERSION, Calls.PROTOCOL);
        call.put(Calls.LIBRARY, Calls.library());
        call.put(Calls.CALL, what);
        call.put(ANSWER, answer);
        return call;
    }

    /** The answer to {@link #question}; throws what went wrong on the other side. */
    public static Abilities abilities(Map<?, ?> answer) {
        return (Abilities) required(result(answer).as(Abilities.class));
    }

    /** How a job ended, of a lease that the other side has already. */
    record End(Outcome outcome, List<Effect> effects) {
        static End of(Settlement settlement) {
            return new End(settlement.outcome(), settlement.effects());
        }
    }

    /**
     * The answer to {@link #job}; throws what went wrong on the other side, where the job was not run then, or not to its end.
     *
     * @param lease the job's
     */
    public static Optional<Settlement> settlement(Map<?, ?> answer, Lease lease) {
        Reply reply = result(answer);
        List<?> maybe = (List<?>) required(reply.tree());
        return maybe.stream()
                .findFirst()
                .map(tree -> (End) required(new Reply(tree, reply.library()).as(End.class)))
                .map(end -> new Settlement(lease, end.outcome(), end.effects()));
    }

    /**
     * The answer to {@link #transacted}; throws what went wrong on the other side, where the job was not run then.
     *
     * @param lease the job's
     */
    @SuppressWarnings("unchecked")
    public static Begun begun(Map<?, ?> answer, Lease lease) {
        Optional<Settlement> ifCommitted = settlement(answer, lease);
        BiFunction<String, @Nullable String, Map<?, ?>> ended =
                (BiFunction<String, @Nullable String, Map<?, ?>>) required(answer.get(ENDED));
        return new Begun() {
            @Override
            public Optional<Settlement> ifCommitted() {
                return ifCommitted;
            }

            @Override
            public Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why) {
                return settlement(ended.apply(how.name(), why), lease);
            }
        };
    }

    /**
     * Ends a run that was begun by {@link #transacted}, though its answer cannot be used, so that the application lets go of what the run
     * has: its transaction was rolled back. What that comes to is dropped. Does nothing if the job was not begun.
     *
     * @param why for people
     * @throws RuntimeException what goes wrong on the other side
     */
    @SuppressWarnings("unchecked")
    public static void abandon(Map<?, ?> answer, String why) {
        if (answer.get(ENDED) instanceof BiFunction<?, ?, ?> ended) {
            result(((BiFunction<String, @Nullable String, Map<?, ?>>) ended)
                    .apply(SurroundingTransaction.End.ROLLED_BACK.name(), why));
        }
    }

    private static Reply result(Map<?, ?> answer) {
        Throwable failure = Failures.of(answer);
        if (failure != null) {
            throw Failures.sneaky(failure);
        }
        return new Reply(answer.get(Calls.RESULT), answer.get(Calls.LIBRARY));
    }

    private static Object required(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException(
                    "GOOSE-3191: the application answers the resource adapter's worker without what"
                            + " it was asked for; use the same version of Goose on both sides");
        }
        return value;
    }

    /**
     * Answers a record of the adapter's. What goes wrong is in the answer, for the job may have run by then; an Error is thrown
     * on as well, for the container is to know of it.
     *
     * @param record made by {@link #question} or {@link #job}, in this or in another copy of Goose's classes
     * @throws UnsupportedCapabilityException if it is something else
     */
    @SuppressWarnings("unchecked")
    public static void answer(Map<?, ?> record, Application application) {
        if (!(record.get(ANSWER) instanceof Consumer<?> to)) {
            throw new UnsupportedCapabilityException(
                    "GOOSE-3192: a message-driven bean of Goose was called with a record"
                            + " that is not goose-jca-adapter's; bind it to that adapter");
        }
        Map<String, @Nullable Object> answer = new HashMap<>();
        Throwable failed = fill(answer, () -> answered(record, application, answer));
        ((Consumer<Map<?, ?>>) to).accept(answer);
        if (failed instanceof Error error) {
            throw error;
        }
    }

    /** Puts what {@code result} returns or throws into an answer; returns what it threw. */
    private static @Nullable Throwable fill(Map<String, @Nullable Object> answer, Supplier<Object> result) {
        answer.put(Calls.VERSION, Calls.PROTOCOL);
        answer.put(Calls.LIBRARY, Calls.library());
        try {
            answer.put(Calls.RESULT, Trees.of(result.get()));
            return null;
        } catch (Throwable failed) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "a delivery of the resource adapter failed",
                    failed); // its cause stays here
            answer.putAll(Failures.tree(failed));
            return failed;
        }
    }

    /** What the adapter calls when the transaction has ended. */
    private static BiFunction<String, @Nullable String, Map<?, ?>> ending(Begun begun) {
        return (how, why) -> {
            Map<String, @Nullable Object> answer = new HashMap<>();
            Throwable failed = fill(answer, () -> begun.ended(end(how), why).map(End::of));
            if (failed instanceof Error error) {
                throw error;
            }
            return answer;
        };
    }

    /** A newer adapter may know more ends. */
    private static SurroundingTransaction.End end(String name) {
        return Stream.of(SurroundingTransaction.End.values())
                .filter(end -> end.name().equals(name))
                .findFirst()
                .orElse(SurroundingTransaction.End.UNKNOWN);
    }

    @SuppressWarnings("unchecked")
    private static Object answered(Map<?, ?> record, Application application, Map<String, @Nullable Object> answer) {
        if (!Integer.valueOf(Calls.PROTOCOL).equals(record.get(Calls.VERSION))) {
            throw new UnsupportedCapabilityException("GOOSE-3193: the resource adapter (Goose "
                    + record.get(Calls.LIBRARY)
                    + ") speaks version " + record.get(Calls.VERSION) + " to the application (Goose " + Calls.library()
                    + "), which speaks version " + Calls.PROTOCOL
                    + "; deploy the adapter of the application's version");
        }
        Object what = record.get(Calls.CALL);
        if (ABILITIES.equals(what)) {
            return application.abilities();
        }
        if (RUN.equals(what) || BEGIN.equals(what)) {
            Lease lease = (Lease) required(new Reply(record.get(LEASE), record.get(Calls.LIBRARY)).as(Lease.class));
            BiFunction<String, @Nullable Object, @Nullable Object> watch =
                    (BiFunction<String, @Nullable Object, @Nullable Object>) required(record.get(WATCH));
            if (RUN.equals(what)) {
                return application.run(lease, watch).map(End::of);
            }
            Begun begun = application.begin(lease, watch);
            answer.put(ENDED, ending(begun));
            return begun.ifCommitted().map(End::of);
        }
        throw new UnsupportedCapabilityException("GOOSE-3193: the resource adapter (Goose " + record.get(Calls.LIBRARY)
                + ") asks the application (Goose " + Calls.library() + ") for '" + what
                + "', which it does not know; deploy the adapter of the application's version");
    }
}
