package io.goose.engine.cron;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueRejectedException;
import io.goose.admin.CronAdmin;
import io.goose.admin.StoredCron;
import io.goose.engine.client.Sends;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.CronLedger;
import io.goose.spi.CronLedger.Kept;
import io.goose.spi.SendResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** The admin view over the recurring jobs of one broker. Thread-safe. */
public final class EngineCronAdmin implements CronAdmin {

    private static final int MOST = 1000;

    private final Crons crons;

    public EngineCronAdmin(Crons crons) {
        this.crons = crons;
    }

    private CronLedger ledger() {
        return crons.broker().crons();
    }

    @Override
    public long size() {
        return ledger().size();
    }

    @Override
    public List<StoredCron> list(int offset, int limit) {
        if (offset < 0 || limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("GOOSE-1020: offset=" + offset + ", limit=" + limit
                    + ": an offset is at least 0, a limit 1 to " + MOST);
        }
        return ledger().list(offset, limit).stream()
                .flatMap(kept -> stored(kept).stream())
                .toList();
    }

    @Override
    public Optional<StoredCron> find(String name) {
        return ledger().find(name).flatMap(this::stored);
    }

    private Optional<StoredCron> stored(Kept kept) {
        Definition what = crons.definition(kept);
        CronState state = Crons.state(kept);
        return what == null || state == null ? Optional.empty() : Optional.of(stored(kept, what, state));
    }

    private static StoredCron stored(Kept kept, Definition what, CronState state) {
        return new StoredCron(
                what.entry(),
                new StoredCron.Call(
                        what.template().handler(), what.template().args().toString(), kept.queue()),
                state.isPaused(),
                state.isPaused() ? null : state.tick(),
                state.last(),
                state.lastJob());
    }

    @Override
    public List<Instant> nextTicks(String name, int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("GOOSE-1020: count=" + count + ": a count is 1 to " + MOST);
        }
        CronLedger ledger = ledger();
        List<Instant> ticks = new ArrayList<>();
        ledger.find(name).map(crons::definition).ifPresent(what -> {
            Schedule schedule = what.schedule();
            Optional<Instant> next = schedule.next(ledger.now());
            while (next.isPresent() && ticks.size() < count) {
                ticks.add(next.get());
                next = schedule.next(next.get());
            }
        });
        return List.copyOf(ticks);
    }

    @Override
    public boolean pause(String name) {
        return crons.pause(name);
    }

    @Override
    public boolean resume(String name) {
        return crons.resume(name);
    }

    @Override
    public Optional<JobId> runNow(String name) {
        return crons.jobNow(name).map(this::send);
    }

    private JobId send(QueuedJob job) {
        SendResult result = Sends.send(crons.broker(), List.of(job)).get(0);
        if (result instanceof SendResult.Rejected rejected) {
            throw new EnqueueRejectedException(rejected.code(), job.id(), rejected.message(), null);
        }
        if (result instanceof SendResult.Unknown unknown) {
            throw new BrokerUnavailableException(
                    "GOOSE-2235: it is not known whether job " + job.id() + " of a cron entry was enqueued on queue '"
                            + job.queue() + "'; look for it there: "
                            + unknown.cause().getMessage(),
                    unknown.cause());
        }
        return job.id();
    }

    @Override
    public boolean delete(String name) {
        return ledger().delete(name);
    }

    @Override
    public int delete(Collection<String> names) {
        CronLedger ledger = ledger();
        return (int) new LinkedHashSet<>(names).stream().filter(ledger::delete).count();
    }

    @Override
    public int deleteAll() {
        CronLedger ledger = ledger();
        int deleted = 0;
        List<Kept> some = ledger.list(0, CronLedger.MOST);
        while (!some.isEmpty()) {
            deleted += delete(some.stream().map(Kept::name).toList());
            some = ledger.list(0, CronLedger.MOST);
        }
        return deleted;
    }
}
