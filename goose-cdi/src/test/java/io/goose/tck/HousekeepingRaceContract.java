package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Replay, prioritise, delete, purge and settle of the same jobs by eight threads at once, until each of {@value #JOBS} jobs has ended;
 * of as many as the system property {@value #JOBS_PROPERTY} says.
 */
public abstract class HousekeepingRaceContract extends BrokerContract {

    /** The system property with the number of jobs. */
    public static final String JOBS_PROPERTY = "goose.tck.raced-jobs";

    private static final int JOBS = 200;

    /** Of a broker that looks through all it has for each job. */
    private static final int FEW = 10;

    private static final int AT_ONCE = 50;

    private final Map<JobId, String> ended = new ConcurrentHashMap<>();
    private final Set<JobId> running = ConcurrentHashMap.newKeySet();
    private int count;
    private List<QueuedJob> raced = List.of();

    @Test
    @DisplayName(
            "R2, 6.10 (#179): jobs that eight threads replay, prioritise, delete and settle are never there twice and never lost")
    void jobsThatAreChangedByManyAtOnceEndOnce() {
        int all = Integer.getInteger(JOBS_PROPERTY, JOBS) / (can(Capability.WAITING_FIND) ? 1 : FEW);
        List<Broker> connections = List.of(broker, connect());
        List<Session> workers = List.of(open(), openElsewhere());
        for (int from = 0; from < all; from += AT_ONCE) {
            raced = sendSome(Math.min(AT_ONCE, all - from));
            count += raced.size();
            Together.run(8, thread -> {
                Random random = new Random(thread);
                Housekeeping jobs = connections.get(thread % 2).housekeeping();
                while (ended.size() < count) {
                    switch (thread) {
                        case 0, 1 -> work(workers.get(thread), random);
                        case 2, 3 -> replay(jobs, random);
                        case 4, 5 -> prioritise(jobs, random);
                        case 6 -> delete(jobs, random);
                        default -> purge(jobs, random);
                    }
                }
            });
        }

        assertThat(ended).hasSize(all);
        assertThat(drain(workers.get(0))).isEmpty();
        assertThat(drain(workers.get(1))).isEmpty();
        QueueStats left = broker.stats(QUEUE);
        assertThat(left).isEqualTo(new QueueStats(QUEUE, 0, 0, 0, 0, 0, false));
        assertThat(Set.copyOf(ended.values())).contains("done", "deleted");
    }

    private void end(JobId id, String how) {
        String before = ended.putIfAbsent(id, how);
        assertThat(before).as("how job %s had ended before it was %s", id, how).isNull();
    }

    private List<JobId> some(Random random) {
        Set<JobId> some = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            some.add(raced.get(random.nextInt(raced.size())).id());
        }
        List<JobId> inOrder = new ArrayList<>(some);
        Collections.sort(inOrder, (one, other) -> one.value().compareTo(other.value()));
        return inOrder;
    }

    private void work(Session worker, Random random) throws InterruptedException {
        List<Lease> leases = worker.lease(QUEUE, 5, MANY_BYTES).leases();
        if (leases.isEmpty()) {
            worker.await(Duration.ofMillis(2));
            return;
        }
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : leases) {
            JobId id = lease.job().id();
            assertThat(ended).as("what was leased").doesNotContainKey(id);
            assertThat(running.add(id)).as("job %s runs once at a time", id).isTrue();
            settlements.add(Settlement.of(lease, outcome(lease, random)));
        }
        for (Settlement settlement : settlements) {
            JobId id = settlement.lease().job().id();
            running.remove(id);
            if (settlement.outcome() instanceof Outcome.Done) {
                end(id, "done");
            }
        }
        assertThat(worker.settle(settlements)).containsOnly(Verdict.APPLIED);
    }

    private Outcome outcome(Lease lease, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Outcome.Done.INSTANCE;
            case 1 -> Outcome.Release.NOW;
            case 2 -> new Outcome.Snooze(Duration.ZERO);
            // Somebody prioritises or deletes it.
            case 3 -> new Outcome.Snooze(can(Capability.SCHEDULED_LIST) ? Duration.ofHours(1) : Duration.ZERO);
            case 4 -> new Outcome.Parked("raced", null);
            default -> new Outcome.Dead(lease.job().state());
        };
    }

    private void replay(Housekeeping jobs, Random random) {
        if (random.nextBoolean()) {
            jobs.replay(QUEUE, Housekeeping.ENDED, some(random));
        } else {
            Place place = random.nextBoolean() ? Place.DEAD : Place.PARKED;
            jobs.replay(QUEUE, Set.of(place), jobs.oldest(QUEUE, place, 3));
        }
    }

    private void prioritise(Housekeeping jobs, Random random) {
        if (can(Capability.PRIORITISE) && random.nextBoolean()) {
            jobs.prioritise(QUEUE, Set.of(Place.WAITING), some(random));
        } else if (can(Capability.SCHEDULED_LIST)) {
            jobs.prioritise(QUEUE, Set.of(Place.SCHEDULED), some(random));
        } else {
            replay(jobs, random);
        }
    }

    private void delete(Housekeeping jobs, Random random) {
        Place place =
                switch (random.nextInt(4)) {
                    case 0 -> can(Capability.WAITING_DELETE) ? Place.WAITING : Place.DEAD;
                    case 1 -> can(Capability.SCHEDULED_LIST) ? Place.SCHEDULED : Place.DEAD;
                    case 2 -> Place.PARKED;
                    default -> Place.DEAD;
                };
        List<JobId> one = some(random).subList(0, 1);
        jobs.delete(QUEUE, Set.of(place), one).forEach(id -> end(id, "deleted"));
    }

    private void purge(Housekeeping jobs, Random random) {
        Place place = random.nextInt(4) == 0 && can(Capability.WAITING_DELETE) ? Place.WAITING : Place.DEAD;
        jobs.purge(QUEUE, place, null, 1).forEach(id -> end(id, "deleted"));
    }
}
