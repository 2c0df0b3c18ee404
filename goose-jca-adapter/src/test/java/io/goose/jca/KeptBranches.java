package io.goose.jca;

import io.goose.job.QueuedJob;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import io.goose.spi.Branches;
import io.goose.spi.PreparedBranch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** A broker that remembers what branches do. */
final class KeptBranches implements Branches {

    final Map<BranchId, BranchWork> prepared = new LinkedHashMap<>();
    final List<QueuedJob> sent = new ArrayList<>();
    final List<BranchId> returned = new ArrayList<>(); // whose leases their worker has again
    private final Set<BranchId> letGo = new HashSet<>();
    int checks;

    @Nullable RuntimeException failure;

    @Nullable String refusal;

    Runnable watch = () -> {}; // called with each request

    List<QueuedJob> prepared(Xid xid) {
        return prepared.getOrDefault(BranchId.of(xid), BranchWork.of(List.of())).jobs();
    }

    private void fail() {
        watch.run();
        RuntimeException now = failure;
        if (now != null) {
            throw now;
        }
    }

    @Override
    public void check() {
        checks++;
        fail();
    }

    @Override
    public Optional<String> prepare(BranchId id, BranchWork work, boolean strict) {
        if (refusal != null) {
            return Optional.of(refusal);
        }
        prepared.put(id, work);
        fail();
        return Optional.empty();
    }

    @Override
    public Optional<String> commitAtOnce(BranchId id, BranchWork work, boolean strict) {
        if (refusal != null) {
            return Optional.of(refusal);
        }
        fail();
        sent.addAll(work.jobs());
        return Optional.empty();
    }

    @Override
    public boolean commit(BranchId id) {
        fail();
        BranchWork work = prepared.remove(id);
        if (work != null) {
            sent.addAll(work.jobs());
        }
        return work != null;
    }

    @Override
    public boolean rollback(BranchId id) {
        fail();
        if (prepared.remove(id) == null) {
            return false;
        }
        if (!letGo.contains(id)) {
            returned.add(id);
        }
        return true;
    }

    @Override
    public void letGo(BranchId id) {
        letGo.add(id);
    }

    @Override
    public List<BranchId> recover() {
        fail();
        return List.copyOf(prepared.keySet());
    }

    @Override
    public List<PreparedBranch> prepared() {
        throw new UnsupportedOperationException();
    }
}
