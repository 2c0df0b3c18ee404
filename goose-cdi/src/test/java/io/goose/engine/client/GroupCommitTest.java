package io.goose.engine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.engine.Eventually;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class GroupCommitTest {

    /** A send that is under way until the test answers it. */
    private record UnderWay(List<QueuedJob> jobs, CompletableFuture<List<SendResult>> reply) {
        void accept() {
            reply.complete(Collections.nCopies(jobs.size(), SendResult.Accepted.INSTANCE));
        }
    }

    private final BlockingQueue<UnderWay> sends = new LinkedBlockingQueue<>();
    private final Transport slow = new SendingTransport(jobs -> {
        UnderWay send = new UnderWay(jobs, new CompletableFuture<>());
        sends.add(send);
        return send.reply();
    });

    /** A caller on a thread of its own. */
    private static final class Caller {
        private final AtomicReference<SendResult> answer = new AtomicReference<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final AtomicBoolean flagAfterwards = new AtomicBoolean();
        private final Thread thread;

        private Caller(GroupCommit commit, QueuedJob job) {
            this(commit::send, job);
        }

        private Caller(Function<QueuedJob, SendResult> sending, QueuedJob job) {
            thread = new Thread(() -> {
                try {
                    answer.set(sending.apply(job));
                } catch (Throwable thrown) {
                    failure.set(thrown);
                }
                flagAfterwards.set(Thread.currentThread().isInterrupted());
            });
            thread.setDaemon(true);
            thread.start();
        }

        void parked() {
            Eventually.until("the caller waits", () -> switch (thread.getState()) {
                case WAITING, TIMED_WAITING -> true;
                case NEW, RUNNABLE, BLOCKED, TERMINATED -> false;
            });
        }

        void ended() throws InterruptedException {
            thread.join(Eventually.PATIENCE.toMillis());
            assertThat(thread.isAlive()).as("the caller still waits").isFalse();
        }
    }

    @Test
    void aCallerAloneSendsAtOnceOnItsOwnThread() {
        AtomicReference<Thread> sender = new AtomicReference<>();
        GroupCommit commit = new GroupCommit(
                SendingTransport.answering(jobs -> {
                    sender.set(Thread.currentThread());
                    return List.of(SendResult.Accepted.INSTANCE);
                }),
                2);

        assertThat(commit.send(TestJobs.job("q"))).isEqualTo(SendResult.Accepted.INSTANCE);
        assertThat(sender).hasValue(Thread.currentThread());
    }

    @Test
    void aTransportThatNeverAnswers_holdsNobodyUpForEver() throws Exception {
        Transport silent =
                new SendingTransport(jobs -> new CompletableFuture<List<SendResult>>(), Duration.ofMillis(20));
        GroupCommit commit = new GroupCommit(silent, 2);
        Caller caller = new Caller(commit, TestJobs.job("q"));
        caller.thread.interrupt();

        caller.ended();

        assertThat(caller.answer.get()).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).as("it may be there").isTrue();
            assertThat(unknown.cause())
                    .isInstanceOf(BrokerUnavailableException.class)
                    .hasMessageStartingWith("GOOSE-4117: ");
        });
        assertThat(caller.flagAfterwards).isTrue();
    }

    @Test
    void twentyFiveCallersShareRoundTrips() throws Exception {
        GroupCommit commit = new GroupCommit(slow, 2);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            callers.add(new Caller(commit, TestJobs.job("q")));
        }
        for (Caller caller : callers) {
            caller.parked();
        }

        UnderWay first = Eventually.next(sends);
        UnderWay second = Eventually.next(sends);
        assertThat(sends).as("no more than two sends at a time").isEmpty();
        first.accept();
        UnderWay third = Eventually.next(sends);
        assertThat(first.jobs().size() + second.jobs().size() + third.jobs().size())
                .as("the third send takes all who waited")
                .isEqualTo(25);
        second.accept();
        third.accept();

        for (Caller caller : callers) {
            caller.ended();
            assertThat(caller.answer).hasValue(SendResult.Accepted.INSTANCE);
        }
        assertThat(sends).isEmpty();
    }

    @Test
    void aSendHasAtMost500Jobs() throws Exception {
        GroupCommit commit = new GroupCommit(slow, 1);
        Caller first = new Caller(commit, TestJobs.job("q"));
        UnderWay one = Eventually.next(sends);
        List<Caller> others = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            others.add(new Caller(commit, TestJobs.job("q")));
        }
        others.forEach(Caller::parked);

        one.accept();
        UnderWay many = Eventually.next(sends);
        assertThat(many.jobs()).hasSize(GroupCommit.MOST);
        many.accept();
        UnderWay rest = Eventually.next(sends);
        assertThat(rest.jobs()).hasSize(1);
        rest.accept();

        first.ended();
        for (Caller caller : others) {
            caller.ended();
        }
    }

    @Test
    void aTransportThatThrowsAnswersEverybodyOfTheSendWithAnUnknownOutcome() throws Exception {
        BrokerUnavailableException broken = new BrokerUnavailableException("gone", null);
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(1);
        GroupCommit commit = new GroupCommit(
                new SendingTransport(jobs -> {
                    if (calls.incrementAndGet() == 1) {
                        Eventually.await(all);
                    }
                    throw broken;
                }),
                1);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            callers.add(new Caller(commit, TestJobs.job("q")));
        }
        callers.forEach(Caller::parked);
        all.countDown();

        for (Caller caller : callers) {
            caller.ended();
            assertThat(caller.answer.get()).isEqualTo(new SendResult.Unknown(true, broken));
        }
        assertThat(calls).hasValue(2);
    }

    @Test
    void aTransportThatAnswersForTooFewLeavesNobodyWaiting() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        GroupCommit commit = new GroupCommit(
                SendingTransport.answering(jobs -> {
                    if (first.getAndSet(false)) {
                        Eventually.await(all);
                        return List.of(SendResult.Accepted.INSTANCE);
                    }
                    return List.of();
                }),
                1);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(new Caller(commit, TestJobs.job("q")));
            callers.get(i).parked();
        }
        all.countDown();

        callers.get(0).ended();
        for (Caller caller : callers.subList(1, 4)) {
            caller.ended();
            assertThat(caller.answer.get())
                    .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                            .isTrue());
        }
    }

    @Test
    void aStageThatFailsIsAnUnknownOutcome() {
        IllegalStateException broken = new IllegalStateException("connection reset");
        GroupCommit commit = new GroupCommit(new SendingTransport(jobs -> CompletableFuture.failedFuture(broken)), 2);

        assertThat(commit.send(TestJobs.job("q"))).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isTrue();
            assertThat(unknown.cause()).isSameAs(broken);
        });
    }

    @Test
    void anInterruptDoesNotEndTheWaitAndTheFlagStaysSet() throws Exception {
        GroupCommit commit = new GroupCommit(slow, 1);
        Caller sender = new Caller(commit, TestJobs.job("q"));
        UnderWay one = Eventually.next(sends);
        Caller waiting = new Caller(commit, TestJobs.job("q"));
        waiting.parked();

        waiting.thread.interrupt();
        waiting.parked();
        assertThat(waiting.answer).hasValue(null);
        one.accept();
        Eventually.next(sends).accept();

        sender.ended();
        waiting.ended();
        assertThat(waiting.answer).hasValue(SendResult.Accepted.INSTANCE);
        assertThat(waiting.flagAfterwards).isTrue();
        assertThat(sender.flagAfterwards).isFalse();
    }

    @Test
    void aCallerWhoseJobIsOnItsWayWithAnotherWaitsWithoutSpinning() throws Exception {
        GroupCommit commit = new GroupCommit(slow, 2);
        Caller first = new Caller(commit, TestJobs.job("q"));
        UnderWay one = Eventually.next(sends);
        Caller second = new Caller(commit, TestJobs.job("q"));
        UnderWay two = Eventually.next(sends);
        Caller third = new Caller(commit, TestJobs.job("q"));
        third.parked();
        Caller fourth = new Caller(commit, TestJobs.job("q"));
        fourth.parked();
        one.accept(); // the third sends for the fourth too
        UnderWay both = Eventually.next(sends);
        assertThat(both.jobs()).hasSize(2);
        two.accept(); // so that the fourth could send, if it had something
        second.ended();

        fourth.thread.interrupt(); // wakes it
        for (int i = 0; i < 200; i++) {
            LockSupport.parkNanos(50_000);
        }
        Eventually.until("the waiting caller is quiet for a while, 100 looks long", () -> {
            int busy = 0; // the interrupt may reach it late, but does not keep it busy
            for (int i = 0; i < 100; i++) {
                busy += fourth.thread.getState() == Thread.State.RUNNABLE ? 1 : 0;
                LockSupport.parkNanos(50_000);
            }
            return busy == 0;
        });
        both.accept();
        first.ended();
        third.ended();
        fourth.ended();
        assertThat(fourth.answer).hasValue(SendResult.Accepted.INSTANCE);
    }

    @Test
    void underStressEveryCallerGetsExactlyItsOwnAnswer() throws Exception {
        int threads = 16;
        int each = 3_000;
        Map<JobId, Integer> arrived = new ConcurrentHashMap<>();
        AtomicInteger sendsMade = new AtomicInteger();
        GroupCommit commit = new GroupCommit(
                SendingTransport.answering(jobs -> {
                    if (sendsMade.incrementAndGet() % 7 == 0) {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
                    }
                    if (sendsMade.get() % 101 == 0) {
                        throw new IllegalStateException("now and then");
                    }
                    List<SendResult> answers = new ArrayList<>();
                    for (QueuedJob job : jobs) {
                        arrived.merge(job.id(), 1, Integer::sum);
                        answers.add(new SendResult.Exists(job.id()));
                    }
                    return answers;
                }),
                2);
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger unknown = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < each; i++) {
                        QueuedJob job = TestJobs.job("q");
                        SendResult answer = commit.send(job);
                        if (answer instanceof SendResult.Unknown) {
                            unknown.incrementAndGet();
                        } else {
                            assertThat(answer).isEqualTo(new SendResult.Exists(job.id()));
                        }
                    }
                } catch (Throwable thrown) {
                    failures.add(thrown);
                }
            });
            thread.setDaemon(true);
            all.add(thread);
            thread.start();
        }
        for (Thread thread : all) {
            thread.join(Eventually.PATIENCE.toMillis());
            assertThat(thread.isAlive()).as("a caller was never answered").isFalse();
        }
        assertThat(failures).isEmpty();
        assertThat(arrived.size() + unknown.get()).isEqualTo(threads * each);
        assertThat(arrived.values()).as("each job was sent once").containsOnly(1);
    }

    @Test
    void anErrorWhileTheAnswersAreGivenOutLeavesNobodyWaiting() throws Exception {
        StackOverflowError broken = new StackOverflowError();
        CountDownLatch all = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        GroupCommit commit = new GroupCommit(
                SendingTransport.answering(jobs -> {
                    if (first.getAndSet(false)) {
                        Eventually.await(all);
                        return List.of(SendResult.Accepted.INSTANCE);
                    }
                    AtomicInteger gets = new AtomicInteger();
                    return new AbstractList<>() {
                        @Override
                        public SendResult get(int index) {
                            if (gets.incrementAndGet() > jobs.size() + 1) { // it was looked through, and one given out
                                throw broken;
                            }
                            return SendResult.Accepted.INSTANCE;
                        }

                        @Override
                        public int size() {
                            return jobs.size();
                        }
                    };
                }),
                1);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(new Caller(commit, TestJobs.job("q")));
            callers.get(i).parked();
        }
        all.countDown();

        for (Caller caller : callers) {
            caller.ended();
            assertThat(caller.failure).hasValue(null);
        }
        assertThat(callers.subList(0, 2))
                .allSatisfy(caller -> assertThat(caller.answer).hasValue(SendResult.Accepted.INSTANCE));
        assertThat(callers.subList(2, 4))
                .allSatisfy(caller -> assertThat(caller.answer).hasValue(new SendResult.Unknown(true, broken)));
    }

    @Test
    void aQueueThatIsNotAnsweredHoldsUpNoOther() throws Exception {
        GroupCommits commits = new GroupCommits(
                new SendingTransport(
                        jobs -> jobs.stream().anyMatch(job -> job.queue().equals("away"))
                                ? slow.send(jobs)
                                : CompletableFuture.completedFuture(
                                        Collections.nCopies(jobs.size(), SendResult.Accepted.INSTANCE))),
                2);
        List<Caller> stuck = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            stuck.add(new Caller(commits::send, TestJobs.job("away")));
        }
        stuck.forEach(Caller::parked);

        Caller other = new Caller(commits::send, TestJobs.job("there"));
        other.ended();
        assertThat(other.answer).hasValue(SendResult.Accepted.INSTANCE);
        assertThat(stuck).allSatisfy(caller -> assertThat(caller.answer).hasValue(null));

        Eventually.next(sends).accept();
        Eventually.next(sends).accept();
        Eventually.next(sends).accept();
        for (Caller caller : stuck) {
            caller.ended();
        }
    }
}
