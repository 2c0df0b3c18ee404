package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.redis.GuardCalls.Done;
import io.goose.broker.redis.GuardCalls.Item;
import io.goose.broker.redis.GuardCalls.Manner;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.AskedJobs;
import io.goose.spi.BatchLedger;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Housekeeping;
import io.goose.spi.SendResult;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The ledger of a transport: rows in keys of their own, which no session of the Redis broker serves and none of its sweeps sees. Each
 * method is one script for each queue, and what it does is done whole. Thread-safe; blocks the calling thread.
 */
final class Guards implements GuardedLedger {

    private static final byte[] YES = QueueKeys.bytes(1);
    private static final byte[] NO = QueueKeys.bytes(0);

    private final GuardParts parts;
    private final GuardCalls calls;
    private final GuardTakes takes;
    private final GuardEnds ends;
    private final GuardUpkeep upkeep;
    private final GuardLooks looks;
    private final GuardUniques uniques;
    private final RedisResults results;
    private final Housekeeping housekeeping;
    private final RedisCrons crons;
    private final GuardRecalls recalls;
    private final AskedJobs asked;
    private final RedisBatches batches;
    private volatile Consumer<String> dueListener = queue -> {};

    Guards(GuardParts parts) {
        this.parts = parts;
        this.calls = new GuardCalls(parts);
        this.takes = new GuardTakes(parts, calls);
        BatchKeys homes = new BatchKeys(parts.exchange(), parts.registry());
        BatchManner manner = BatchManner.ofLedger(
                queue -> dueListener.accept(queue), parts.settings().dedupeRetention());
        this.ends = new GuardEnds(parts, calls, new BatchMarks(homes, manner));
        this.batches = new RedisBatches(homes, parts.records(), ends.effects(), manner);
        this.upkeep = new GuardUpkeep(parts, ends.effects());
        this.looks = new GuardLooks(parts);
        this.results = new RedisResults(parts.exchange(), parts.registry());
        this.uniques = new GuardUniques(parts, calls, looks);
        this.housekeeping = new GuardHousekeeping(parts, ends.effects());
        this.asked = new GuardAsked(parts);
        this.recalls = new GuardRecalls(parts.exchange());
        this.crons = new RedisCrons(
                parts.exchange(),
                parts.registry(),
                parts.records(),
                new RedisCrons.Manner(Script.LEDGER_CRON_APPLY, parts.settings().dedupeRetention(), this::find));
    }

    @Override
    public Optional<AskedJobs> asked() {
        return Optional.of(asked);
    }

    private QueueKeys keys(String queue) {
        return parts.registry().keys(QueueNames.check(queue));
    }

    private static byte[] id(JobId id) {
        return QueueKeys.bytes(id.value());
    }

    private static byte[] isMarked(QueuedJob job) {
        return job.marked() || job.state().moves() > 0 ? YES : NO;
    }

    private static byte[] moves(QueuedJob job) {
        return QueueKeys.bytes(job.state().moves());
    }

    private byte[] record(QueuedJob job) {
        return parts.records().encode(job.state());
    }

    private void require(List<QueuedJob> jobs) {
        parts.require(jobs.stream().map(QueuedJob::queue).distinct().toList());
    }

    /** The calls for jobs, each with these arguments. */
    private List<Done> run(
            String what, Script script, Manner manner, List<QueuedJob> jobs, Function<QueuedJob, List<byte[]>> each) {
        List<Item> items = new ArrayList<>(jobs.size());
        jobs.forEach(job -> items.add(new Item(QueueNames.check(job.queue()), each.apply(job))));
        return calls.run(what, script, manner, List.of(), items);
    }

    /** One letter for each job, in order. */
    private static byte[] letters(int count, List<Done> done) {
        byte[] letters = new byte[count];
        for (Done part : done) {
            byte[] some = part.answer().bytes();
            for (int i = 0; i < some.length; i++) {
                letters[part.items().get(i)] = some[i];
            }
        }
        return letters;
    }

    @Override
    public List<SendResult> keep(List<QueuedJob> jobs) {
        require(jobs);
        byte[] letters = letters(
                jobs.size(),
                run(
                        "keep " + jobs.size() + " jobs for later",
                        Script.LEDGER_KEEP,
                        Manner.SEND,
                        jobs,
                        job -> List.of(
                                id(job.id()),
                                isMarked(job),
                                moves(job),
                                GuardEnds.time(job.state()),
                                record(job),
                                job.envelope().bytes())));
        List<SendResult> results = new ArrayList<>(letters.length);
        for (int i = 0; i < letters.length; i++) {
            JobId id = jobs.get(i).id();
            results.add(letters[i] == 'A' ? SendResult.Accepted.INSTANCE : new SendResult.Exists(id));
        }
        return results;
    }

    @Override
    public boolean keepsResults() {
        return true;
    }

    @Override
    public void keepResults(List<KeptResult> kept) {
        parts.require(kept.stream().map(KeptResult::queue).distinct().toList());
        results.keep(kept);
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return results.find(queue, id);
    }

    @Override
    public boolean keepsUnique() {
        return true;
    }

    @Override
    public List<SendResult> keepUnique(List<QueuedJob> jobs) {
        require(jobs);
        return uniques.keep(jobs);
    }

    @Override
    public void releaseUnique(List<Released> released) {
        uniques.release(released);
    }

    @Override
    public List<Entered> enter(List<QueuedJob> jobs, Duration hold) {
        require(jobs);
        List<Item> items = new ArrayList<>(jobs.size());
        for (QueuedJob job : jobs) {
            byte[] lane = QueueKeys.bytes(job.state().lane() == Lane.BACK ? "b" : "f");
            items.add(new Item(
                    QueueNames.check(job.queue()),
                    List.of(
                            id(job.id()),
                            isMarked(job),
                            moves(job),
                            lane,
                            record(job),
                            job.envelope().bytes())));
        }
        List<Done> done = calls.run(
                "enter " + jobs.size() + " jobs that are sent",
                Script.LEDGER_ENTER,
                Manner.SEND,
                List.of(QueueKeys.bytes(hold.toMillis())),
                items);
        Entered[] entered = new Entered[jobs.size()];
        for (Done part : done) {
            List<Object> numbers = part.answer().list();
            for (int i = 0; i < part.items().size(); i++) {
                int index = part.items().get(i);
                long fence = (Long) numbers.get(2 * i);
                int moves = ((Long) numbers.get(2 * i + 1)).intValue();
                entered[index] = fence == 0
                        ? Entered.THERE
                        : new Entered(new Taken(GuardTakes.asSent(jobs.get(index), moves), fence));
            }
        }
        return List.of(entered);
    }

    private byte[] mayOrNote(String what, String mode, List<QueuedJob> jobs) {
        List<Item> items = new ArrayList<>(jobs.size());
        jobs.forEach(job ->
                items.add(new Item(QueueNames.check(job.queue()), List.of(id(job.id()), isMarked(job), moves(job)))));
        return letters(
                jobs.size(), calls.run(what, Script.LEDGER_MAY, Manner.ASK, List.of(QueueKeys.bytes(mode)), items));
    }

    @Override
    public List<Boolean> maySend(List<QueuedJob> jobs) {
        return areAll('Y', mayOrNote("look for " + jobs.size() + " ids", "ask", jobs));
    }

    private static List<Boolean> areAll(char letter, byte[] letters) {
        List<Boolean> are = new ArrayList<>(letters.length);
        for (byte one : letters) {
            are.add(one == letter);
        }
        return are;
    }

    @Override
    public void noteSent(List<QueuedJob> jobs) {
        require(jobs);
        mayOrNote("note " + jobs.size() + " sent jobs", "note", jobs);
    }

    @Override
    public Due takeDue(String queue, int most, Duration hold) {
        return takes.take(queue, most, hold);
    }

    @Override
    public List<Taken> takeStrays(int most, Duration hold) {
        return takes.takeStrays(most, hold);
    }

    @Override
    public void sent(List<Taken> taken) {
        takes.sent(taken);
    }

    @Override
    public void putOff(List<Taken> taken, Duration after) {
        takes.putOff(taken, after);
    }

    @Override
    public List<Boolean> begin(List<Delivery> deliveries) {
        List<Item> items = new ArrayList<>(deliveries.size());
        for (Delivery delivery : deliveries) {
            QueuedJob job = delivery.job();
            items.add(new Item(
                    QueueNames.check(job.queue()),
                    List.of(id(job.id()), moves(job), delivery.redelivered() ? YES : NO, record(job))));
        }
        return areAll(
                'R',
                letters(
                        deliveries.size(),
                        calls.run(
                                "begin " + deliveries.size() + " jobs",
                                Script.LEDGER_BEGIN,
                                Manner.NUMBERED,
                                List.of(),
                                items)));
    }

    @Override
    public void giveBack(List<QueuedJob> jobs) {
        run(
                "note that " + jobs.size() + " jobs wait again",
                Script.LEDGER_BACK,
                Manner.PLAIN,
                jobs,
                job -> List.of(id(job.id()), moves(job), record(job)));
    }

    @Override
    public void settle(List<Change> changes) {
        ends.settle(changes);
    }

    @Override
    public boolean forget(String queue, JobId id) {
        QueueKeys keys = keys(queue);
        Call call = Call.script(Script.LEDGER_FORGET, keys, keys.of(Script.LEDGER_FORGET), List.of(id(id)));
        List<Object> reply = parts.exchange().run("forget job " + id, call).list();
        ends.effects().deliver(keys, (List<?>) reply.get(1));
        return Long.valueOf(1).equals(reply.get(0));
    }

    @Override
    public boolean keepsBatches() {
        return true;
    }

    @Override
    public BatchLedger batches() {
        return batches;
    }

    @Override
    public void onDue(Consumer<String> listener) {
        dueListener = listener;
    }

    @Override
    public int recall(SessionSpec session) {
        return recalls.recall(session, session.queues().stream().map(this::keys).toList());
    }

    @Override
    public void pause(String queue) {
        setPaused(queue, YES);
    }

    @Override
    public void resume(String queue) {
        setPaused(queue, NO);
    }

    private void setPaused(String queue, byte[] paused) {
        QueueKeys keys = keys(queue);
        parts.require(List.of(queue));
        Call call = Call.script(Script.LEDGER_PAUSE, keys, keys.of(Script.LEDGER_PAUSE), List.of(paused));
        parts.exchange().run("pause or resume queue '" + queue + "'", call);
    }

    @Override
    public CronLedger crons() {
        return crons;
    }

    @Override
    public void upkeep() {
        upkeep.run();
    }

    @Override
    public Set<String> queues() {
        return Collections.unmodifiableSet(parts.registry().queues());
    }

    @Override
    public QueueStats stats(String queue) {
        return looks.stats(keys(queue));
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return looks.find(keys(queue), id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return looks.list(keys(queue), place, offset, limit);
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public void onEviction(EvictionListener listener) {
        parts.eviction().listen(listener);
    }
}
