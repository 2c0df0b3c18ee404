package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Beat;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a session keeps its leases, how it loses them, and how it comes back. */
public abstract class HeartbeatContract extends BrokerContract {

    @Test
    void aBeatOfAHealthySessionReportsNothing() {
        Session worker = openMortal(5);
        assertThat(worker.renew()).isEqualTo(Beat.OK);
        sendSome(3);
        lease(worker, 2);

        assertThat(worker.renew()).isEqualTo(Beat.OK);
        assertThat(worker.sweep().isNothing()).isTrue();
    }

    @Test
    @DisplayName("6.10, R5: a live worker is never reaped")
    void aBeatingSessionKeepsItsLeasesHoweverLongTheyTake() {
        List<QueuedJob> jobs = sendSome(3);
        Session worker = openMortal(5);
        Session other = openMortal(5);
        List<Lease> leases = lease(worker, 3);

        for (int i = 0; i < 30; i++) {
            underTest.advance(underTest.shortHeartbeat());
            assertThat(worker.renew()).isEqualTo(Beat.OK);
            assertThat(other.renew()).isEqualTo(Beat.OK);
            assertThat(other.sweep()).isEqualTo(Sweep.NOTHING);
        }

        assertThat(lease(other, 10)).isEmpty();
        done(worker, leases);
        assertThat(jobs).allSatisfy(this::assertGone);
    }

    @Test
    @DisplayName("6.10, R5: a worker that was paused past its lease is fenced")
    void aSilentSessionLosesItsLeasesAndLearnsWhich() {
        List<QueuedJob> jobs = sendSome(2);
        Session paused = openMortal(5);
        List<Lease> old = lease(paused, 2);
        Session other = open();

        rescue(other, 2);
        Lease taken = leaseSoon(other);

        assertThat(taken.job().id()).isEqualTo(jobs.get(0).id());
        assertThat(settle(paused, old.get(0), Outcome.Done.INSTANCE)).isEqualTo(Verdict.STALE);
        paused.returnUnstarted(old);
        assertPlace(jobs.get(0), Place.RUNNING);
        assertThat(paused.renew().lost()).contains(old.get(1)).isSubsetOf(old);
        apply(other, taken, Outcome.Done.INSTANCE);
    }

    @Test
    void lostLeasesAreReportedOnce() {
        sendSome(3);
        Session silent = openMortal(5);
        List<Lease> leases = lease(silent, 3);
        rescue(open(), 3);

        List<Lease> lost = silent.renew().lost();

        assertThat(lost).containsExactlyInAnyOrderElementsOf(leases);
        assertThat(silent.renew()).isEqualTo(Beat.OK);
    }

    @Test
    @DisplayName("R5: a session that lost its standing regains it by itself")
    void aSessionThatWasGivenUpWorksOnAfterItsNextBeat() {
        needsAskedJobs();
        sendOne();
        Session silent = openMortal(5);
        leaseOne(silent);
        Session other = open();
        rescue(other, 1);
        done(other, List.of(leaseSoon(other)));

        silent.renew();
        QueuedJob next = sendOne();
        Lease lease = leaseSoon(silent);

        assertThat(lease.job().id()).isEqualTo(next.id());
        beatFor(pastShortLease(), silent, other);
        assertThat(other.sweep()).isEqualTo(Sweep.NOTHING);
        apply(silent, lease, Outcome.Done.INSTANCE);
    }

    @Test
    void aSessionThatWasGivenUpAndDoesNotKnowItYetCanLease() {
        needsAskedJobs();
        Session silent = openMortal(5);
        Session other = open();
        sendOne();
        leaseOne(silent);
        rescue(other, 1);
        done(other, List.of(leaseSoon(other)));
        QueuedJob next = sendOne();

        Lease lease = leaseSoon(silent);

        assertThat(lease.job().id()).isEqualTo(next.id());
        apply(silent, lease, Outcome.Done.INSTANCE);
    }

    @Test
    @DisplayName("mechanics 7: after an outage nobody alive is rescued")
    void anOutageOfEverybodyRescuesNobodyAlive() {
        needsAskedJobs();
        List<QueuedJob> jobs = sendSome(4);
        Session one = openToughKnowing();
        Session other = openToughKnowing();
        List<Lease> ofOne = lease(one, 2);
        List<Lease> ofOther = lease(other, 2);

        underTest.advance(toughLease().multipliedBy(2)); // nobody can beat

        assertThat(one.renew()).isEqualTo(Beat.OK);
        assertThat(one.sweep()).isEqualTo(Sweep.NOTHING);
        assertThat(other.renew()).isEqualTo(Beat.OK);
        assertThat(other.sweep()).isEqualTo(Sweep.NOTHING);
        beatFor(underTest.shortHeartbeat().multipliedBy(3), one, other);
        assertThat(one.sweep()).isEqualTo(Sweep.NOTHING);
        assertThat(other.sweep()).isEqualTo(Sweep.NOTHING);
        done(one, ofOne);
        done(other, ofOther);
        assertThat(jobs).allSatisfy(this::assertGone);
    }

    @Test
    @DisplayName("mechanics 7: a rescue looks again before it takes anything away")
    void aSessionThatBeatsJustBeforeTheSweepIsAlive() {
        needsAskedJobs();
        sendSome(2);
        Session late = openToughKnowing();
        List<Lease> leases = lease(late, 2);
        Session other = open();
        beatFor(toughLease().plus(pastShortLease()), other); // it has seen enough by now

        assertThat(late.renew()).isEqualTo(Beat.OK);

        assertThat(other.sweep()).isEqualTo(Sweep.NOTHING);
        done(late, leases);
    }

    @Test
    void aSessionThatIsOverdueAndNotYetGivenUpMaySettle() {
        needsAskedJobs();
        QueuedJob job = sendOne();
        Session worker = openMortal(5);
        Lease lease = leaseOne(worker);

        underTest.advance(underTest.shortLease().multipliedBy(2));

        apply(worker, lease, Outcome.Done.INSTANCE);
        assertGone(job);
        assertThat(worker.renew()).isEqualTo(Beat.OK);
    }

    @Test
    void aSettledLeaseIsNeverReportedAsLost() {
        sendSome(2);
        Session silent = openMortal(5);
        List<Lease> leases = lease(silent, 2);
        apply(silent, leases.get(0), Outcome.Done.INSTANCE);
        rescue(open(), 1);

        assertThat(silent.renew().lost()).containsExactly(leases.get(1));
    }

    @Test
    void aSessionWithoutLeasesMayBeSilent() {
        Session silent = openMortal(5);
        Session other = open();
        beatFor(pastShortLease(), other);
        other.sweep();
        QueuedJob job = sendOne();

        JobId leased = leaseSoon(silent).job().id();

        assertThat(leased).isEqualTo(job.id());
        assertThat(silent.renew().lost()).isEmpty();
    }

    @Test
    void idsOfSessionsDiffer() {
        assertThat(openMortal(1).id()).isNotEqualTo(openMortal(1).id());
    }
}
