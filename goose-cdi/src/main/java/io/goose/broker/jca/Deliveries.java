package io.goose.broker.jca;

import io.goose.UnsupportedCapabilityException;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import jakarta.resource.cci.MappedRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
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
    private static final String LEASE = "lease";
    private static final String WATCH = "watch";
    private static final String ANSWER = "answer";

    private Deliveries() {}

    /**
     * What an application can run, and within which limits.
     *
     * @param announced see {@link io.goose.spi.SessionSpec#announced}
     * @param cancelGrace how long a cancelled run is left to end by itself
     * @param stuckAfter when a run is reported as stuck; zero for never
     */
    public record Abilities(Set<String> announced, Duration cancelGrace, Duration stuckAfter) {

        public Abilities {
            announced = Set.copyOf(announced);
        }
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
        Map<String, @Nullable Object> call = call(RUN, answer);
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
        answer.put(Calls.VERSION, Calls.PROTOCOL);
        answer.put(Calls.LIBRARY, Calls.library());
        Throwable failed = null;
        try {
            answer.put(Calls.RESULT, Trees.of(answered(record, application)));
        } catch (Throwable thrown) {
            failed = thrown;
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "a delivery of the resource adapter failed",
                    failed); // its cause stays here
            answer.putAll(Failures.tree(failed));
        }
        ((Consumer<Map<?, ?>>) to).accept(answer);
        if (failed instanceof Error error) {
            throw error;
        }
    }

    @SuppressWarnings("unchecked")
    private static Object answered(Map<?, ?> record, Application application) {
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
        if (RUN.equals(what)) {
            return application
                    .run(
                            (Lease) required(new Reply(record.get(LEASE), record.get(Calls.LIBRARY)).as(Lease.class)),
                            (BiFunction<String, @Nullable Object, @Nullable Object>) required(record.get(WATCH)))
                    .map(End::of);
        }
        throw new UnsupportedCapabilityException("GOOSE-3193: the resource adapter (Goose " + record.get(Calls.LIBRARY)
                + ") asks the application (Goose " + Calls.library() + ") for '" + what
                + "', which it does not know; deploy the adapter of the application's version");
    }
}
