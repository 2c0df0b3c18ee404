package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import io.goose.broker.redis.Standing.Held;
import io.goose.broker.redis.Standing.OpenClaim;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.SessionSpec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Leases jobs. One claim of a standing at a time; the session sees to that with the standing's lock. */
final class Claimer {

    private static final Logger LOG = System.getLogger(Claimer.class.getPackageName());
    private static final int MOST = 500;
    private static final int MOST_ROUNDS = 10;

    /** A session that waits looks again after at most a second; its mark lives a little longer. */
    private static final long IDLE_MILLIS = 3_000;

    private final Exchange exchange;
    private final Records records;
    private final byte[] wakePrefix;
    private final SessionSpec spec;

    Claimer(Exchange exchange, Records records, String wakePrefix, SessionSpec spec) {
        this.exchange = exchange;
        this.records = records;
        this.wakePrefix = QueueKeys.bytes(wakePrefix);
        this.spec = spec;
    }

    /**
     * Claims. A claim that was not answered before is asked for its answer first, and this is it.
     *
     * @return null if the standing is lost or has expired
     */
    @Nullable Claim claim(Standing standing, int max, long maxBytes, boolean suspect) {
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            OpenClaim claim = standing.openClaim;
            if (claim == null) {
                claim = new OpenClaim(
                        ++standing.claims, Math.min(max, MOST), maxBytes, suspect, standing.lanes, standing.limited);
                standing.openClaim = claim;
            }
            Answer answer = exchange.run("lease jobs of queue '" + standing.queue.queue + "'", call(standing, claim));
            standing.openClaim = null;
            List<Object> reply = answer.list();
            String status = text(reply.get(0));
            if (status.equals("L")) {
                return null;
            }
            if (status.equals("P")) {
                standing.nextDue = null;
                return new Claim(List.of(), false, true, null);
            }
            if (status.equals("C")) {
                return read(standing, reply, claim.limited());
            }
            if (status.equals("M") || status.equals("U")) { // limits came, or went: another script is for that
                standing.limited = status.equals("M");
                continue;
            }
            standing.lanes = ours((List<?>) reply.get(1)); // N: there are lanes for us that were not asked for
        }
        throw exchange.exception(
                "lease jobs of queue '" + standing.queue.queue + "'",
                new RedisFault(Kind.NOT_NOW, "its lanes change all the time", null));
    }

    private Call call(Standing standing, OpenClaim claim) {
        List<byte[]> keys = new ArrayList<>(1 + claim.lanes().size());
        keys.add(standing.leaseKey);
        List<byte[]> arguments = new ArrayList<>(8 + claim.lanes().size());
        arguments.add(standing.idBytes);
        arguments.add(QueueKeys.bytes(claim.number()));
        arguments.add(QueueKeys.bytes(claim.max()));
        arguments.add(QueueKeys.bytes(claim.maxBytes()));
        arguments.add(wakePrefix);
        arguments.add(standing.queue.queueBytes);
        arguments.add(QueueKeys.bytes(claim.suspect() ? 1 : 0));
        arguments.add(QueueKeys.bytes(IDLE_MILLIS));
        for (String need : claim.lanes()) {
            keys.add(standing.queue.lane(need));
            keys.add(standing.queue.suspectLane(need));
            arguments.add(QueueKeys.bytes(need));
        }
        Script script = claim.limited() ? Script.LIMIT_CLAIM : Script.CLAIM;
        return Call.script(script, standing.queue, standing.queue.of(script, keys), arguments);
    }

    private Claim read(Standing standing, List<Object> reply, boolean limited) {
        boolean more = Long.valueOf(1).equals(reply.get(1));
        long nextDue = (Long) reply.get(2);
        standing.nextDue = nextDue < 0 ? null : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(nextDue);
        List<?> ids = (List<?>) reply.get(3);
        List<?> values = (List<?>) reply.get(4);
        List<?> envelopes = (List<?>) reply.get(5);
        List<?> recordTexts = (List<?>) reply.get(6);
        Instant now = Instant.ofEpochMilli((Long) reply.get(9));
        List<Lease> leases = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            byte[] value = (byte[]) values.get(i);
            byte[] record = recordTexts.isEmpty() ? null : (byte[]) recordTexts.get(i);
            byte[] envelope = (byte[]) envelopes.get(i);
            if (envelope == null) { // only in an answer that is repeated: returned by the next beat
                continue;
            }
            Lane lane = Lane.ofCode((char) value[value.length - 1]);
            QueuedJob job = records.job(standing.queue.queue, (byte[]) ids.get(i), envelope, record, lane, null);
            Lease lease = Lease.of(job, token(value), lane == Lane.SUSPECT, now);
            standing.held.put(job.id().value(), new Held(lease, value));
            leases.add(lease);
        }
        reportMissing(standing.queue.queue, (List<?>) reply.get(7));
        standing.lanes = ours((List<?>) reply.get(8));
        return new Claim(leases, more, false, nextDue < 0 ? null : Duration.ofMillis(nextDue), limited);
    }

    /** Those of the needs that this session has announced. */
    private List<String> ours(List<?> needs) {
        return needs.stream().map(Claimer::text).filter(spec::canRun).toList();
    }

    static void reportMissing(String queue, List<?> missing) {
        if (!missing.isEmpty()) {
            LOG.log(
                    Level.ERROR,
                    "GOOSE-3017: {0} jobs of queue ''{1}'' cannot be leased, their envelope is missing or their id is none;"
                            + " they are parked: {2}. See whether maxmemory-policy is noeviction and who else writes these keys",
                    missing.size(),
                    queue,
                    missing.stream().limit(20).map(Claimer::text).toList());
        }
    }

    /** The token in the value of a lease. */
    static long token(byte[] value) {
        return Long.parseLong(new String(value, 0, value.length - 1, StandardCharsets.US_ASCII));
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
