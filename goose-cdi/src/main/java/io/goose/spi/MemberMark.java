package io.goose.spi;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.util.Objects;
import java.util.Optional;

/**
 * What a step has made of a job that is a member of a batch. Marks may come late, twice and in any order; the one that counts is the
 * one with the highest version, and of two with the same version the first that says that the job has ended. So each is applied by a
 * comparison, and applying it again changes nothing. Immutable.
 *
 * @param batch the batch
 * @param index which of its members
 * @param version the job's moves after the step, at most {@link #LAST_VERSION}
 * @param state what it has become
 * @since 0.1
 */
public record MemberMark(BatchId batch, int index, int version, MemberState state) {

    /** Versions are counted up to this, from which on all are the same. */
    public static final int LAST_VERSION = 8191;

    private static final int STATES = 8;

    public MemberMark {
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(state, "state");
        version = Math.min(version, LAST_VERSION);
    }

    /** The mark for a job that has these moves now; empty if the job is in no batch. */
    public static Optional<MemberMark> of(JobId job, int moves, MemberState state) {
        return BatchId.ofMember(job).map(member -> new MemberMark(member.batch(), member.index(), moves, state));
    }

    /**
     * The mark that follows from an end of a lease; empty if the job is in no batch, or is after it what it was before.
     *
     * @param moves the moves of the job as it is stored; a session may know less
     */
    public static Optional<MemberMark> of(Settlement settlement, int moves) {
        Optional<BatchId.Member> member =
                BatchId.ofMember(settlement.lease().job().id());
        if (member.isEmpty()) {
            return Optional.empty();
        }
        Outcome outcome = settlement.outcome();
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.BatchMark said) {
                return Optional.of(new MemberMark(said.batch(), said.index(), moves, said.state()));
            }
        }
        MemberState state;
        int version = moves;
        if (outcome instanceof Outcome.Retry retry) {
            state = MemberState.RETRYING;
            version = retry.next().moves();
        } else if (outcome instanceof Outcome.Dead) {
            state = MemberState.DEAD;
        } else if (outcome instanceof Outcome.Done) {
            state = MemberState.SUCCESS;
        } else if (outcome instanceof Outcome.Cancelled || outcome instanceof Outcome.Expired) {
            state = MemberState.CANCELLED;
        } else {
            return Optional.empty();
        }
        return Optional.of(new MemberMark(member.get().batch(), member.get().index(), version, state));
    }

    /** The mark for the same step after which the job is gone, because somebody has cancelled it meanwhile. */
    public MemberMark cancelled(int moves) {
        return new MemberMark(batch, index, moves, MemberState.CANCELLED);
    }

    /** How a member is stored in two bytes: the state in the lowest three bits, and the version. */
    public int stored() {
        return version * STATES + state.code();
    }

    /** The state of a member that is stored like this. */
    public static MemberState state(int stored) {
        return MemberState.ofCode(stored % STATES);
    }

    /** Whether this is newer than what is stored. */
    public boolean follows(int stored) {
        int was = stored / STATES;
        if (version != was) {
            return version > was;
        }
        return !state(stored).isOver() && state.compareTo(state(stored)) > 0;
    }
}
