package io.goose.broker.composed;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.QueueNames;
import io.goose.broker.composed.DueRelay.Answer;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Entered;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.SendResult;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** One list of jobs on its way. Of one thread until the transport has the jobs, then of the one on which it answers. */
final class Sending {

    private static final System.Logger LOG = System.getLogger(Sending.class.getName());

    /** Longer than a transport takes to answer, or jobs that it has are sent twice. */
    private static final Duration HOLD = Duration.ofSeconds(30);

    private final Halves halves;
    private final Marks marks;
    private final Consumer<String> due;
    private final List<QueuedJob> jobs;
    private final @Nullable SendResult[] results;
    private final @Nullable Taken[] taken; // of those that have a row
    private final List<Integer> ready = new ArrayList<>(); // what goes to the transport
    private final Thread caller = Thread.currentThread();

    /**
     * @param due told the queue in which something was kept that may be due
     */
    Sending(Halves halves, Marks marks, Consumer<String> due, List<QueuedJob> jobs) {
        this.halves = halves;
        this.marks = marks;
        this.due = due;
        this.jobs = jobs;
        this.results = new SendResult[jobs.size()];
        this.taken = new Taken[jobs.size()];
    }

    /** What the transport gets, after the ledger has what it must have first. */
    List<QueuedJob> forTheTransport() {
        try {
            // One with a bad name is for the transport to refuse.
            keep(chosen(i -> isValid(i) && jobs.get(i).unique() != null), halves.ledger()::keepUnique);
            keep(
                    chosen(i -> isValid(i) && isOpen(i) && jobs.get(i).state().notBefore() != null),
                    halves.ledger()::keep);
            enter(chosen(i -> isValid(i) && isOpen(i) && halves.enters(jobs.get(i))));
            if (halves.knowsIds()) {
                askWhetherFree(chosen(i -> isValid(i) && isOpen(i) && taken[i] == null));
            }
            ready.addAll(chosen(this::isOpen));
        } catch (GooseException away) {
            for (int i = 0; i < results.length; i++) {
                results[i] = results[i] == null ? new SendResult.Unknown(true, away) : results[i];
            }
        }
        return ready.stream().map(this::asSent).toList();
    }

    private QueuedJob asSent(int index) {
        Taken own = taken[index];
        return own == null ? jobs.get(index) : own.job();
    }

    private boolean isValid(int index) {
        return QueueNames.problem(jobs.get(index).queue()).isEmpty();
    }

    private boolean isOpen(int index) {
        return results[index] == null;
    }

    private List<Integer> chosen(IntPredicate which) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            if (which.test(i)) {
                chosen.add(i);
            }
        }
        return chosen;
    }

    private List<QueuedJob> jobs(List<Integer> indices) {
        return indices.stream().map(jobs::get).toList();
    }

    private void exists(int index) {
        results[index] = new SendResult.Exists(jobs.get(index).id());
    }

    private void keep(List<Integer> later, Function<List<QueuedJob>, List<SendResult>> keeping) {
        List<Integer> free = new ArrayList<>(later);
        if (halves.knowsIds()) {
            free.removeIf(i -> {
                QueuedJob job = jobs.get(i);
                boolean there = halves.view().find(job.queue(), job.id()).isPresent();
                if (there) {
                    exists(i);
                }
                return there;
            });
        }
        if (free.isEmpty()) {
            return;
        }
        List<SendResult> kept = keeping.apply(jobs(free));
        Set<String> queues = new HashSet<>();
        for (int i = 0; i < kept.size(); i++) {
            results[free.get(i)] = kept.get(i);
            queues.add(jobs.get(free.get(i)).queue());
        }
        queues.forEach(due); // the ledger's clock says what is due already
    }

    private void enter(List<Integer> entering) {
        if (entering.isEmpty()) {
            return;
        }
        List<Entered> entered = halves.ledger().enter(jobs(entering), HOLD);
        for (int i = 0; i < entered.size(); i++) {
            int index = entering.get(i);
            taken[index] = entered.get(i).taken();
            if (taken[index] == null) {
                exists(index);
            }
        }
    }

    private void askWhetherFree(List<Integer> plain) {
        if (plain.isEmpty()) {
            return;
        }
        List<Boolean> may = halves.ledger().maySend(jobs(plain));
        for (int i = 0; i < may.size(); i++) {
            if (!may.get(i)) {
                exists(plain.get(i));
            }
        }
    }

    /** What the caller is told, after the transport has answered for what it got. */
    List<SendResult> answers(List<SendResult> ofTheTransport) {
        List<QueuedJob> noted = new ArrayList<>();
        List<Taken> answered = new ArrayList<>();
        List<SendResult> answers = new ArrayList<>();
        for (int i = 0; i < ready.size(); i++) {
            int index = ready.get(i);
            SendResult answer = ofTheTransport.get(i);
            Taken own = taken[index];
            if (own != null) {
                answered.add(own);
                answers.add(answer);
                results[index] = ofOneWithARow(answer);
            } else {
                results[index] = answer;
                if (Halves.isMarked(jobs.get(index)) && isThere(answer)) {
                    noted.add(jobs.get(index));
                }
            }
        }
        if (!answered.isEmpty()) {
            marks.add(new Answer(answered, answers, true), Thread.currentThread() == caller);
        }
        note(noted);
        List<SendResult> all = new ArrayList<>();
        for (@Nullable SendResult result : results) {
            all.add(result == null ? SendResult.Accepted.INSTANCE : result);
        }
        return all;
    }

    /**
     * It has a row, so it is as durable as the ledger, and is sent again if the transport has not got it; only what the transport
     * will never take is refused. That it is there means what the job was before: the row says that it is new.
     */
    private static SendResult ofOneWithARow(SendResult answer) {
        return answer instanceof SendResult.Rejected ? answer : SendResult.Accepted.INSTANCE;
    }

    private static boolean isThere(SendResult answer) {
        return !(answer instanceof SendResult.Unknown) && !(answer instanceof SendResult.Rejected);
    }

    private void note(List<QueuedJob> sent) {
        if (sent.isEmpty() || !halves.knowsIds()) {
            return;
        }
        try {
            halves.ledger().noteSent(sent);
        } catch (BrokerUnavailableException away) { // the transport has its own marks
            LOG.log(Level.DEBUG, "{0} jobs were not noted as sent: {1}", sent.size(), away.getMessage());
        }
    }
}
