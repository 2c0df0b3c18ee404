package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.it.chaos.Runs.Note;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Worker processes that die and stall under load. */
class KilledWorkersIT extends ChaosBase {

    private static final Pattern NUMBER = Pattern.compile("\"args\":\\[(\\d+)");

    private Map<String, String> broker;
    private Goose client;

    @BeforeEach
    void startRedis() {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        broker = Map.of("url", redis.url().toString());
        client = client(broker);
    }

    @Test
    @DisplayName("6.10: kill -9 of a worker under load: no job is lost, orphans are back in time")
    void workersAreKilledAgainAndAgain_noJobIsLost() throws Exception {
        List<WorkerJvm> mortal = workers(broker, 3);
        WorkerJvm steady = mortal.remove(0); // without somebody who lives, nobody could bring anything back
        enqueue(client.client(), JOBS);
        Random random = new Random(1);
        Map<String, Long> killedAt = new HashMap<>();
        int doneAtLast = 0;
        long openAtLast = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            int goal = doneAtLast + JOBS / (KILLS * 3);
            List<WorkerJvm> victims = new ArrayList<>();
            await("kill " + kill + " has a victim that works", Duration.ofMinutes(2), () -> {
                topUp(client);
                victims.clear();
                for (WorkerJvm one : mortal) {
                    if (runs.by(one, ChaosEngine.DONE) >= THREADS) {
                        victims.add(one);
                    }
                }
                return !victims.isEmpty() && runs.jobs(ChaosEngine.DONE) >= goal;
            });
            WorkerJvm victim = victims.get(random.nextInt(victims.size()));
            doneAtLast = runs.jobs(ChaosEngine.DONE);
            openAtLast = topUp(client);
            assertThat(openAtLast).as("jobs left at kill %d", kill).isGreaterThan(2L * THREADS);
            victim.kill();
            killedAt.put(victim.name(), System.currentTimeMillis());
            mortal.set(mortal.indexOf(victim), worker(broker));
        }
        awaitDone();
        awaitNothingOpen(client);
        Duration longestAway = longestAway(killedAt);
        Map<String, Integer> repeatedOf = repeatedOfTheDead(killedAt.keySet());
        report(
                "killed workers",
                "%d jobs, %d kills, %d done and %d left at the last kill; lost 0, run again %d, at most %d of one worker's;"
                                .formatted(
                                        jobs.get(),
                                        KILLS,
                                        doneAtLast,
                                        openAtLast,
                                        runAgain(),
                                        repeatedOf.values().stream()
                                                .mapToInt(n -> n)
                                                .max()
                                                .orElse(0))
                        + " an orphan was away for %s at most".formatted(longestAway));
        assertKindsWereObeyed();
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
        assertThat(longestAway).isLessThan(BACK);
        // What a dead worker had finished is run again if that was not written; all that is run again is of that kind.
        assertThat(repeatedOf.values()).allMatch(n -> n <= THREADS + UNWRITTEN);
        assertThat(repeatedOf.values().stream().mapToInt(n -> n).sum()).isEqualTo(runAgain());
        assertThat(steady.said(LOST_LEASES)).isEmpty();
    }

    /** The longest time from a kill until a job that its victim was in began again. */
    private Duration longestAway(Map<String, Long> killedAt) throws IOException {
        Map<Integer, List<Note>> ended = new HashMap<>();
        for (String end : List.of(ChaosEngine.DONE, ChaosEngine.FAILED)) {
            runs.of(end).forEach((number, notes) -> ended.computeIfAbsent(number, n -> new ArrayList<>())
                    .addAll(notes));
        }
        long longest = 0;
        int orphans = 0;
        for (Map.Entry<Integer, List<Note>> job : runs.of(ChaosEngine.BEGAN).entrySet()) {
            for (String dead : killedAt.keySet()) {
                long killed = killedAt.get(dead);
                if (count(job.getValue(), dead) > count(ended.getOrDefault(job.getKey(), List.of()), dead)) {
                    orphans++;
                    long back = job.getValue().stream()
                            .filter(note -> !note.worker().equals(dead) && note.at() >= killed)
                            .mapToLong(Note::at)
                            .min()
                            .orElseThrow(() -> new AssertionError("orphan " + job.getKey() + " never began again"));
                    longest = Math.max(longest, back - killed);
                }
            }
        }
        assertThat(orphans).as("jobs that a kill interrupted").isPositive();
        return Duration.ofMillis(longest);
    }

    /** How many runs that each dead worker brought to an end were brought to the same end again. */
    private Map<String, Integer> repeatedOfTheDead(Set<String> dead) throws IOException {
        Map<String, Integer> repeated = new HashMap<>();
        for (String end : List.of(ChaosEngine.DONE, ChaosEngine.FAILED)) {
            for (List<Note> notes : runs.of(end).values()) {
                List<Note> inVain = new ArrayList<>(notes);
                inVain.removeIf(note -> !dead.contains(note.worker()));
                for (Note note : inVain.subList(0, Math.min(inVain.size(), notes.size() - 1))) {
                    repeated.merge(note.worker(), 1, Integer::sum);
                }
            }
        }
        return repeated;
    }

    private static long count(List<Note> notes, String worker) {
        return notes.stream().filter(note -> note.worker().equals(worker)).count();
    }

    @Test
    @DisplayName("All orphans of a killed worker are back in a lease, two heartbeats and a moment: 45 s by default")
    void workerIsKilledInItsJobs_anotherHasAllOfThemInTime() throws Exception {
        WorkerJvm victim = worker(broker);
        for (int i = 0; i < THREADS; i++) {
            enqueueHeld(client.client(), i);
        }
        await("all jobs run", SOON, () -> runs.jobs(ChaosEngine.HELD_BEGAN) == THREADS);
        WorkerJvm heir = worker(broker);
        enqueue(client.client(), THREADS);
        await("the heir works", SOON, () -> runs.by(heir, ChaosEngine.DONE) == THREADS);
        await("only the victim's jobs are left", SOON, () -> open(client) == THREADS);
        assertThat(stats().running()).isEqualTo(THREADS);
        victim.kill();
        long killed = System.nanoTime();
        // The heir takes jobs that were running at a crash one by one, and holds the first of them.
        await("no lease of the victim is left", BACK, () -> stats().running() <= 1);
        Duration free = Duration.ofNanos(System.nanoTime() - killed);
        release();
        await(
                "all orphans have begun again",
                BACK.minusNanos(System.nanoTime() - killed),
                () -> runs.by(heir, ChaosEngine.HELD_BEGAN) == THREADS);
        Duration begun = Duration.ofNanos(System.nanoTime() - killed);
        await("all orphans are done", SOON, () -> runs.jobs(ChaosEngine.HELD_DONE) == THREADS);
        awaitNothingOpen(client);
        report(
                "orphans",
                "1 kill, %d orphans, lost 0; no lease left after %d ms, the last one began again after %d ms"
                        .formatted(THREADS, free.toMillis(), begun.toMillis()));
        // Its last beat was a heartbeat before the kill at most, or a little more on a busy machine.
        assertThat(free)
                .as("not before the lease has ended")
                .isGreaterThan(LEASE.minus(ChaosEngine.heartbeat(LEASE).multipliedBy(3)));
        assertThat(runs.repeated(ChaosEngine.HELD_BEGAN)).isEqualTo(THREADS);
        assertThat(runs.repeated(ChaosEngine.HELD_DONE)).isZero();
    }

    @Test
    @DisplayName("6.10: a poison job is buried, and only that one")
    void oneJobKillsItsWorker_exactlyThatOneIsBuried() throws Exception {
        int others = 1_000 - 1;
        enqueue(client.client(), others / 2);
        client.client().performAsync(JobCall.of(ChaosEngine.KILLER, 0));
        enqueue(client.client(), others - others / 2);
        List<WorkerJvm> workers = new ArrayList<>(List.of(worker(broker)));
        Duration atMost = BACK.multipliedBy(4).plusSeconds(120);
        await("the killer is dead and all others are done", atMost, () -> {
            WorkerJvm last = workers.get(workers.size() - 1);
            if (!last.isAlive()) {
                assertThat(last.awaitExit(Duration.ZERO)).isEqualTo(ChaosEngine.KILLED);
                workers.add(worker(broker));
            }
            return stats().dead() > 0 && runs.jobs(ChaosEngine.DONE) == others;
        });
        awaitNothingOpen(client);
        int crashes = workers.size() - 1;
        report(
                "poison",
                "%d jobs, %d crashes, buried %d, lost 0, run again %d"
                        .formatted(others + 1, crashes, stats().dead(), runAgain()));
        assertThat(stats().dead()).isEqualTo(1);
        assertThat(client.admin()
                        .list(QueueNames.DEFAULT, Place.DEAD, 0, 10)
                        .get(0)
                        .job()
                        .envelope()
                        .text())
                .contains("\"handler\":\"killer\"");
        assertThat(crashes).isEqualTo(3);
        assertThat(runAgain()).isLessThanOrEqualTo(crashes * (THREADS + UNWRITTEN));
        assertKindsWereObeyed();
    }

    @Test
    @DisplayName("6.10: a worker paused past its lease is fenced")
    void workerStallsPastItsLease_itsJobsRunElsewhereAndItComesBack() throws Exception {
        WorkerJvm stalled = worker(broker);
        int half = JOBS / 2;
        enqueue(client.client(), half);
        await("the worker is in the midst of it", SOON, () -> runs.jobs(ChaosEngine.DONE) > half / 10);
        stalled.pause();
        long pausedAt = System.nanoTime();
        Set<Integer> held = awaitSteadyLeases();
        assertThat(open(client)).as("jobs left at the pause").isGreaterThan(held.size());
        assertThat(held).as("leases of the paused worker").isNotEmpty();
        List<WorkerJvm> others = workers(broker, 2);
        awaitDone();
        awaitNothingOpen(client);
        Set<Integer> elsewhere = new HashSet<>();
        runs.of(ChaosEngine.BEGAN).forEach((number, notes) -> {
            if (notes.stream().anyMatch(note -> !note.worker().equals(stalled.name()))) {
                elsewhere.add(number);
            }
        });
        assertThat(elsewhere).as("jobs that ran elsewhere during the pause").containsAll(held);
        Duration pause = Duration.ofNanos(System.nanoTime() - pausedAt);
        assertThat(pause).isGreaterThan(LEASE);
        long doneByStalled = runs.by(stalled, ChaosEngine.DONE);

        stalled.resume();
        // By its next beat, or because a late outcome is refused: whichever of heart and settler comes first.
        await(
                "the worker has noticed",
                SOON,
                () -> stalled.sumOf(LOST_LEASES, 1) + stalled.sumOf(REFUSED, 1) >= held.size());
        int late = Math.toIntExact(runs.by(stalled, ChaosEngine.DONE) - doneByStalled);
        for (WorkerJvm other : others) {
            other.stop();
        }
        enqueue(client.client(), JOBS - half);
        awaitDone();
        awaitNothingOpen(client);
        report(
                "stalled worker",
                "%d jobs, paused for %d ms with %d leases; %d ended late, refused %d, leases given up %d; lost 0, run again %d"
                        .formatted(
                                JOBS,
                                pause.toMillis(),
                                held.size(),
                                late,
                                stalled.sumOf(REFUSED, 1),
                                stalled.sumOf(LOST_LEASES, 1),
                                runAgain()));
        assertThat(runs.by(stalled, ChaosEngine.BEGAN)).as("it works on").isGreaterThan(JOBS - half);
        Set<Integer> repeated = new TreeSet<>();
        for (String end : List.of(ChaosEngine.DONE, ChaosEngine.FAILED)) {
            runs.of(end).forEach((number, notes) -> {
                if (notes.size() > 1) {
                    repeated.add(number);
                }
            });
        }
        assertThat(held).as("only what it held can have run twice").containsAll(repeated);
        assertKindsWereObeyed();
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0);
    }

    /** The jobs that are leased, once what was on its way to the broker has arrived. */
    private Set<Integer> awaitSteadyLeases() throws Exception {
        Set<Integer> leased = new TreeSet<>();
        await("what is leased changes no more", SOON, () -> {
            Set<Integer> before = Set.copyOf(leased);
            leased.clear();
            for (String queue : List.of(QueueNames.DEFAULT, Kind.DETOUR)) {
                client.admin().list(queue, Place.RUNNING, 0, 1_000).forEach(stored -> {
                    Matcher number = NUMBER.matcher(stored.job().envelope().text());
                    assertThat(number.find()).isTrue();
                    leased.add(Integer.valueOf(number.group(1)));
                });
            }
            return leased.equals(before);
        });
        return leased;
    }

    private QueueStats stats() {
        return client.admin().stats(QueueNames.DEFAULT);
    }
}
