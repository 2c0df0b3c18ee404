package io.goose;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues jobs. Inject it, or get it from {@code Goose.builder()} in Java SE.
 *
 * <p>When a perform method returns, the job is as durable as the broker is configured to be. It then runs at least once.
 *
 * <p>All perform methods throw
 *
 * <ul>
 *   <li>{@link EnqueueRejectedException} if the job cannot be accepted: it is too large, an argument cannot be encoded,
 *       the job is unknown here and ambiguous, or the broker refuses it; nothing was enqueued;
 *   <li>{@link BrokerUnavailableException} if the broker could not be reached; nothing was enqueued;
 *   <li>{@link EnqueueOutcomeUnknownException} if the broker was reached and did not confirm the job; it may have been
 *       enqueued, and how to repeat the call safely is told there;
 *   <li>{@link IllegalArgumentException} for a method reference that names no job method, and for a time that is none.
 * </ul>
 *
 * <p>Thread-safe. Calls block until the broker has answered; concurrent calls share round trips. An interrupt does not end the
 * wait, for the job may be on its way; the flag stays set.
 *
 * @since 0.1
 */
public interface GooseClient extends JobLookup {

    /**
     * Enqueues a job to run as soon as a worker is free.
     *
     * @return the job's id; where one with its unique key is there already, the id of that one, see {@link #enqueue(JobCall)}
     */
    JobId performAsync(JobCall call);

    /**
     * Enqueues a job to run after {@code delay}.
     *
     * @param delay from now by the caller's clock, millisecond resolution; zero or negative means at once, at the front of the queue
     * @return as of {@link #performAsync(JobCall)}
     */
    JobId performIn(Duration delay, JobCall call);

    /**
     * Enqueues a job to run at {@code when}.
     *
     * @param when by the broker's clock, millisecond resolution; a time that is past means at once, at the front of the
     *     queue
     * @return as of {@link #performAsync(JobCall)}
     */
    JobId performAt(Instant when, JobCall call);

    /**
     * As {@link #performAsync(JobCall)}, and tells whether the job was added: one that is to be {@link Unique} may be there already, and so
     * may one with an id that the caller chose.
     */
    Enqueued enqueue(JobCall call);

    /** The same as {@link #performIn(Duration, JobCall)}. */
    Enqueued enqueueIn(Duration delay, JobCall call);

    /** The same as {@link #performAt(Instant, JobCall)}. */
    Enqueued enqueueAt(Instant when, JobCall call);

    /**
     * Registers a recurring job, or replaces the entry of that name. At each of its ticks one worker of the cluster enqueues the call,
     * at the front of the queue; what the options of this client and its annotation say of the job is kept with it. Nothing runs
     * where no worker of the broker is. Registering what is there changes nothing; with the same schedule and zone a tick that is due
     * stays due and the next one stays where it is, with another schedule they are counted from now on. Whether ticks overlap the entry
     * says; that their jobs are unique is not looked at.
     *
     * <p>Not part of a transaction: it is done when this returns.
     *
     * @return the entry
     * @throws IllegalArgumentException also if the entry has no schedule, or one that cannot be read or never comes, and if this
     *     client has an id for its jobs
     * @throws UnsupportedCapabilityException if the broker keeps no recurring jobs
     */
    CronEntry performEvery(CronEntry entry, JobCall call);

    /**
     * Enqueues many jobs to run as soon as workers are free, with few round trips. Not one step: where some of several jobs
     * fail, others have been enqueued, before and after them. A call that cannot be made a job, for example because an
     * argument cannot be encoded, is found before any job is sent.
     *
     * @return their ids in the order of the calls
     * @throws PartlyEnqueuedException if some of several jobs were not enqueued, or it is unknown whether they were; it tells
     *     what became of each, so that the rest can be repeated
     */
    List<JobId> performAll(Collection<JobCall> calls);

    /**
     * Enqueues jobs that are counted together: when all have ended the callbacks are enqueued, once. The calls are read and enqueued in
     * parts of some hundred, so that a million need no more memory than those, and the first jobs run while the last ones are still being
     * made; the batch completes when all have been enqueued and have ended. One without calls completes at once.
     *
     * <p>Not part of a transaction: it is done when this returns. If it fails half-way, the jobs that were enqueued run, and the batch
     * stays open: repeat the call with the same calls in the same order and the id of the batch, which has to be given with the first
     * call for that, or cancel the batch.
     *
     * @param options callbacks, and what else there is to be said; {@link BatchOptions#NONE} for nothing
     * @param calls read once, on the calling thread
     * @return the id of the batch
     * @throws IllegalArgumentException also if this client has an id for its jobs, or a job or callback is to be unique
     * @throws EnqueueRejectedException if a call does not fit its job, cannot be encoded or is too large; the parts before it are enqueued
     * @throws BatchOverException if a batch with the id that was given is there, with other jobs, and takes no more
     * @throws BrokerUnavailableException if the broker cannot be reached; nobody knows then whether the part that was on its way is enqueued
     * @throws UnsupportedCapabilityException if the broker keeps no batches
     */
    BatchId performBatch(BatchOptions options, Iterable<JobCall> calls);

    /** The same: {@code goose.performBatch(b -> b.onComplete(Digest::done), calls)}. */
    default BatchId performBatch(UnaryOperator<BatchOptions.Builder> options, Iterable<JobCall> calls) {
        return performBatch(options.apply(BatchOptions.builder()).build(), calls);
    }

    /** The same for a stream, which is read once and not closed. */
    @SuppressWarnings("StreamToIterable") // it is iterated over once
    default BatchId performBatch(UnaryOperator<BatchOptions.Builder> options, Stream<JobCall> calls) {
        return performBatch(options, (Iterable<JobCall>) calls::iterator);
    }

    /** The batch with this id, to look at it, add to it or cancel it. Asks nobody, and so knows nothing of whether there is one. */
    Batch batch(BatchId id);

    /**
     * Makes a workflow: jobs that run one after another, see {@link Workflow}. It is enqueued as one job, which begins the first steps, so it
     * is there as a whole or not at all, and is part of a transaction as a job is.
     *
     * @return its id
     * @throws IllegalArgumentException also if this client has an id for its jobs, or a step is to be unique
     * @throws UnsupportedCapabilityException if the broker keeps no batches or no results
     */
    BatchId performWorkflow(Workflow workflow);

    /** The workflow with this id, to look at it or cancel it. Asks nobody, and so knows nothing of whether there is one. */
    WorkflowRun workflow(BatchId id);

    /** A client that uses these options; what they leave unset stays as it is here. */
    GooseClient with(JobOptions options);

    /** A client that uses changed options: {@code goose.with(o -> o.queue("vip").maxRetries(1)).performAsync(…)}. */
    default GooseClient with(UnaryOperator<JobOptions.Builder> change) {
        return with(change.apply(JobOptions.builder()).build());
    }

    /**
     * The client of another configured broker, with the same options as this one.
     *
     * @throws IllegalArgumentException if no broker has this name; the message lists those there are
     */
    GooseClient via(String broker);

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <T> JobId performAsync(JobRef0<T> job) {
        return performAsync(JobCall.of(job));
    }

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <T, A extends @Nullable Object> JobId performAsync(JobRef1<T, A> job, A a) {
        return performAsync(JobCall.of(job, a));
    }

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object> JobId performAsync(
            JobRef2<T, A, B> job, A a, B b) {
        return performAsync(JobCall.of(job, a, b));
    }

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> JobId performAsync(
            JobRef3<T, A, B, C> job, A a, B b, C c) {
        return performAsync(JobCall.of(job, a, b, c));
    }

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            JobId performAsync(JobRef4<T, A, B, C, D> job, A a, B b, C c, D d) {
        return performAsync(JobCall.of(job, a, b, c, d));
    }

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            JobId performAsync(JobRef5<T, A, B, C, D, E> job, A a, B b, C c, D d, E e) {
        return performAsync(JobCall.of(job, a, b, c, d, e));
    }

    /** Enqueues a call of {@code job}; see {@link #performAsync(JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            JobId performAsync(JobRef6<T, A, B, C, D, E, F> job, A a, B b, C c, D d, E e, F f) {
        return performAsync(JobCall.of(job, a, b, c, d, e, f));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <T> JobId performIn(Duration delay, JobRef0<T> job) {
        return performIn(delay, JobCall.of(job));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <T, A extends @Nullable Object> JobId performIn(Duration delay, JobRef1<T, A> job, A a) {
        return performIn(delay, JobCall.of(job, a));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object> JobId performIn(
            Duration delay, JobRef2<T, A, B> job, A a, B b) {
        return performIn(delay, JobCall.of(job, a, b));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> JobId performIn(
            Duration delay, JobRef3<T, A, B, C> job, A a, B b, C c) {
        return performIn(delay, JobCall.of(job, a, b, c));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            JobId performIn(Duration delay, JobRef4<T, A, B, C, D> job, A a, B b, C c, D d) {
        return performIn(delay, JobCall.of(job, a, b, c, d));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            JobId performIn(Duration delay, JobRef5<T, A, B, C, D, E> job, A a, B b, C c, D d, E e) {
        return performIn(delay, JobCall.of(job, a, b, c, d, e));
    }

    /** Enqueues after {@code delay} a call of {@code job}; see {@link #performIn(Duration, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            JobId performIn(Duration delay, JobRef6<T, A, B, C, D, E, F> job, A a, B b, C c, D d, E e, F f) {
        return performIn(delay, JobCall.of(job, a, b, c, d, e, f));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <T> JobId performAt(Instant when, JobRef0<T> job) {
        return performAt(when, JobCall.of(job));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <T, A extends @Nullable Object> JobId performAt(Instant when, JobRef1<T, A> job, A a) {
        return performAt(when, JobCall.of(job, a));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object> JobId performAt(
            Instant when, JobRef2<T, A, B> job, A a, B b) {
        return performAt(when, JobCall.of(job, a, b));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> JobId performAt(
            Instant when, JobRef3<T, A, B, C> job, A a, B b, C c) {
        return performAt(when, JobCall.of(job, a, b, c));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            JobId performAt(Instant when, JobRef4<T, A, B, C, D> job, A a, B b, C c, D d) {
        return performAt(when, JobCall.of(job, a, b, c, d));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            JobId performAt(Instant when, JobRef5<T, A, B, C, D, E> job, A a, B b, C c, D d, E e) {
        return performAt(when, JobCall.of(job, a, b, c, d, e));
    }

    /** Enqueues at {@code when} a call of {@code job}; see {@link #performAt(Instant, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            JobId performAt(Instant when, JobRef6<T, A, B, C, D, E, F> job, A a, B b, C c, D d, E e, F f) {
        return performAt(when, JobCall.of(job, a, b, c, d, e, f));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <T> CronEntry performEvery(CronEntry entry, JobRef0<T> job) {
        return performEvery(entry, JobCall.of(job));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <T, A extends @Nullable Object> CronEntry performEvery(CronEntry entry, JobRef1<T, A> job, A a) {
        return performEvery(entry, JobCall.of(job, a));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object> CronEntry performEvery(
            CronEntry entry, JobRef2<T, A, B> job, A a, B b) {
        return performEvery(entry, JobCall.of(job, a, b));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <T, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            CronEntry performEvery(CronEntry entry, JobRef3<T, A, B, C> job, A a, B b, C c) {
        return performEvery(entry, JobCall.of(job, a, b, c));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            CronEntry performEvery(CronEntry entry, JobRef4<T, A, B, C, D> job, A a, B b, C c, D d) {
        return performEvery(entry, JobCall.of(job, a, b, c, d));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            CronEntry performEvery(CronEntry entry, JobRef5<T, A, B, C, D, E> job, A a, B b, C c, D d, E e) {
        return performEvery(entry, JobCall.of(job, a, b, c, d, e));
    }

    /** Registers a call of {@code job}; see {@link #performEvery(CronEntry, JobCall)}. */
    default <
                    T,
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            CronEntry performEvery(CronEntry entry, JobRef6<T, A, B, C, D, E, F> job, A a, B b, C c, D d, E e, F f) {
        return performEvery(entry, JobCall.of(job, a, b, c, d, e, f));
    }
}
