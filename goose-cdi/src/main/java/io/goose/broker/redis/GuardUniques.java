package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.broker.redis.GuardCalls.Done;
import io.goose.broker.redis.GuardCalls.Item;
import io.goose.broker.redis.GuardCalls.Manner;
import io.goose.broker.redis.RedisFault.Kind;
import io.goose.broker.redis.UniqueSends.Elsewhere;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Released;
import io.goose.spi.SendResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Keeps the unique jobs of a ledger. Thread-safe. */
final class GuardUniques {

    private static final byte[] AHEAD = QueueKeys.bytes("-1");
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] YES = QueueKeys.bytes(1);
    private static final byte[] NO = QueueKeys.bytes(0);
    private static final int MOST_ROUNDS = 20;

    private final GuardParts parts;
    private final GuardCalls calls;
    private final GuardLooks looks;

    GuardUniques(GuardParts parts, GuardCalls calls, GuardLooks looks) {
        this.parts = parts;
        this.calls = calls;
        this.looks = looks;
    }

    List<SendResult> keep(List<QueuedJob> jobs) {
        @Nullable SendResult[] results = new SendResult[jobs.size()];
        Map<Integer, byte[]> absent = new HashMap<>();
        List<Integer> open = IntStream.range(0, jobs.size()).boxed().toList();
        for (int round = 0; !open.isEmpty(); round++) {
            if (round == MOST_ROUNDS) {
                RedisFault fault = new RedisFault(Kind.NOT_NOW, "jobs come and go all the time", null);
                throw parts.exchange().exception("keep unique jobs", fault);
            }
            keep(jobs, open, absent, results);
            open = open.stream().filter(i -> results[i] == null).toList();
        }
        List<SendResult> all = new ArrayList<>(results.length);
        for (@Nullable SendResult result : results) {
            all.add(result == null ? SendResult.Accepted.INSTANCE : result);
        }
        return all;
    }

    private void keep(
            List<QueuedJob> jobs, List<Integer> open, Map<Integer, byte[]> absent, @Nullable SendResult[] results) {
        List<Item> items = new ArrayList<>(open.size());
        for (int index : open) {
            QueuedJob job = jobs.get(index);
            List<byte[]> arguments = new ArrayList<>(List.of(
                    QueueKeys.bytes(job.id().value()),
                    job.marked() || job.state().moves() > 0 ? YES : NO,
                    QueueKeys.bytes(job.state().moves()),
                    time(job.state()),
                    parts.records().encode(job.state()),
                    job.envelope().bytes()));
            arguments.addAll(UniqueSends.arguments(job, absent.getOrDefault(index, NOTHING)));
            items.add(new Item(QueueNames.check(job.queue()), arguments));
        }
        String what = "keep " + open.size() + " unique jobs";
        for (Done done : calls.run(what, Script.LEDGER_UNIQUE, Manner.SEND, List.of(), items)) {
            List<Object> reply = done.answer().list();
            for (int n = 0; n < done.items().size(); n++) {
                int index = open.get(done.items().get(n));
                String letter = Records.text((byte[]) reply.get(2 * n));
                String id = Records.text((byte[]) reply.get(2 * n + 1));
                results[index] = switch (letter) {
                    case "A" -> SendResult.Accepted.INSTANCE;
                    case "E" -> new SendResult.Exists(UniqueSends.id(id));
                    case "R" -> new SendResult.Replaced(UniqueSends.id(id));
                    default -> elsewhere(index, id, letter.equals("V") ? Scope.WAITING : Scope.RUNNING, absent);
                };
            }
        }
    }

    /** When it is due; 0 for at once and behind what waits, -1 for at once and ahead of it. */
    private static byte[] time(DeliveryState state) {
        boolean ahead = state.notBefore() == null && (state.lane() != Lane.BACK || state.crashes() > 0);
        return ahead ? AHEAD : GuardEnds.time(state);
    }

    private @Nullable SendResult elsewhere(int index, String idAndQueue, Scope scope, Map<Integer, byte[]> absent) {
        Elsewhere elsewhere = Elsewhere.of(idAndQueue);
        if (elsewhere.holds(scope, (queue, id) -> looks.find(parts.registry().keys(queue), id))) {
            return new SendResult.Exists(elsewhere.id());
        }
        absent.put(index, QueueKeys.bytes(elsewhere.id().value()));
        return null;
    }

    /** These jobs are over and give their keys up. */
    void release(List<Released> released) {
        List<Call> all = released.stream()
                .map(one -> UniqueReleases.call(parts.registry().keys(one.home()), one.key(), one.id()))
                .toList();
        parts.exchange().run(all).forEach(answer -> parts.exchange().checked("give unique keys up", answer));
    }
}
