package io.goose.broker.redis;

import io.goose.job.JobId;
import io.goose.spi.AskedJobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Protocol.Command;

/** A sorted set of ids by the time at which their cancellation was asked for, one for each ledger. Thread-safe. */
final class GuardAsked implements AskedJobs {

    private final Exchange exchange;
    private final byte[] key;

    GuardAsked(GuardParts parts) {
        this.exchange = parts.exchange();
        this.key = parts.registry().asked();
    }

    private static long millis(List<Object> time) {
        return number(time.get(0)) * 1000 + number(time.get(1)) / 1000;
    }

    private static long number(Object digits) {
        return (long) Double.parseDouble(new String((byte[]) digits, StandardCharsets.UTF_8));
    }

    private Call time() {
        return Call.command(key, Command.TIME);
    }

    @Override
    public void add(JobId id) {
        String what = "ask for the cancellation of job " + id;
        long now = millis(exchange.run(what, time()).list());
        exchange.run(
                what,
                Call.command(
                        key,
                        Command.ZREMRANGEBYSCORE,
                        key,
                        QueueKeys.bytes("-inf"),
                        QueueKeys.bytes(now - KEPT.toMillis())));
        exchange.run(what, Call.command(key, Command.ZADD, key, QueueKeys.bytes(now), QueueKeys.bytes(id.value())));
    }

    @Override
    public Set<JobId> all() {
        String what = "look for jobs to cancel";
        List<Answer> answers = exchange.run(List.of(
                Call.command(
                        key,
                        Command.ZRANGE,
                        key,
                        QueueKeys.bytes(0),
                        QueueKeys.bytes(MOST - 1),
                        QueueKeys.bytes("WITHSCORES")),
                time()));
        List<Object> found = exchange.checked(what, answers.get(0)).list();
        long oldest = millis(exchange.checked(what, answers.get(1)).list()) - KEPT.toMillis();
        Set<JobId> all = new HashSet<>();
        for (int i = 0; i < found.size(); i += 2) {
            if (number(found.get(i + 1)) > oldest) {
                all.add(new JobId(new String((byte[]) found.get(i), StandardCharsets.UTF_8)));
            }
        }
        return all;
    }

    @Override
    public void remove(Collection<JobId> ids) {
        if (ids.isEmpty()) {
            return;
        }
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key);
        ids.forEach(id -> arguments.add(QueueKeys.bytes(id.value())));
        exchange.run(
                "note that " + ids.size() + " cancellations were seen to",
                Call.command(key, Command.ZREM, arguments.toArray(new byte[0][])));
    }
}
