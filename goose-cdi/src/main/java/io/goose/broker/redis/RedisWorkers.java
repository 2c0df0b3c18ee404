package io.goose.broker.redis;

import io.goose.admin.WorkerInfo;
import io.goose.admin.WorkerInfo.LeasedJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.Protocol.Command;

/** Lists who works: a worker has a session in each queue that it serves, and they have the first part of their names in common. */
final class RedisWorkers {

    private final RedisParts parts;

    RedisWorkers(RedisParts parts) {
        this.parts = parts;
    }

    /** The sessions of a queue. */
    static List<byte[]> sessions(RedisParts parts, QueueKeys keys) {
        Call call =
                Call.command(keys.route(), Command.ZRANGE, keys.key("sess"), QueueKeys.bytes(0), QueueKeys.bytes(-1));
        return parts.exchange().run("look at queue '" + keys.queue + "'", call).list().stream()
                .map(session -> (byte[]) session)
                .toList();
    }

    private record Standing(QueueKeys queue, String session, long expiry) {
        String worker() {
            return session.split("\\.", 2)[0];
        }
    }

    /** What is found of one worker in all its queues. */
    private static final class Found {
        private final Set<String> queues = new TreeSet<>();
        private final List<LeasedJob> leased = new ArrayList<>();
        private String host = "?";
        private int threads;
        private long expiry;
        private boolean closing;

        /** The line is that of open.lua: threads, exposure and host. */
        void add(Standing standing, List<Object> told, List<Object> ids) {
            queues.add(standing.queue().queue);
            expiry = Math.max(expiry, standing.expiry());
            ids.forEach(id -> leased.add(new LeasedJob(standing.queue().queue, StoredId.of((byte[]) id))));
            if (told.get(0) != null) {
                String[] line = Records.text((byte[]) told.get(0)).split(" ", 3);
                threads = Integer.parseInt(line[0]);
                host = line.length > 2 ? line[2] : host;
            }
            closing |= told.get(1) != null;
        }
    }

    List<WorkerInfo> list() {
        List<Standing> standings = standings();
        List<Call> calls = new ArrayList<>();
        for (Standing each : standings) {
            QueueKeys queue = each.queue();
            calls.add(Call.command(
                    queue.route(),
                    Command.HMGET,
                    queue.key("sinfo"),
                    QueueKeys.bytes("i:" + each.session()),
                    QueueKeys.bytes("x:" + each.session())));
            calls.add(Call.command(queue.route(), Command.HKEYS, queue.lease(each.session())));
        }
        List<Answer> answers = calls.isEmpty() ? List.of() : parts.exchange().run(calls);
        Map<String, Found> workers = new LinkedHashMap<>();
        for (int i = 0; i < standings.size(); i++) {
            Standing each = standings.get(i);
            workers.computeIfAbsent(each.worker(), name -> new Found())
                    .add(each, checked(answers.get(2 * i)), checked(answers.get(2 * i + 1)));
        }
        List<WorkerInfo> all = new ArrayList<>();
        workers.forEach((name, found) -> all.add(new WorkerInfo(
                name,
                found.host,
                found.threads,
                found.queues,
                found.leased,
                Instant.ofEpochMilli(found.expiry),
                found.closing)));
        return List.copyOf(all);
    }

    private List<Object> checked(Answer answer) {
        return parts.exchange().checked("list the workers", answer).list();
    }

    private List<Standing> standings() {
        List<QueueKeys> queues =
                parts.registry().queues().stream().map(parts.registry()::keys).toList();
        if (queues.isEmpty()) {
            return List.of();
        }
        List<Answer> answers = parts.exchange()
                .run(queues.stream()
                        .map(queue -> Call.command(
                                queue.route(),
                                Command.ZRANGE,
                                queue.key("sess"),
                                QueueKeys.bytes(0),
                                QueueKeys.bytes(-1),
                                QueueKeys.bytes("WITHSCORES")))
                        .toList());
        List<Standing> standings = new ArrayList<>();
        for (int i = 0; i < queues.size(); i++) {
            List<Object> pairs = checked(answers.get(i));
            for (int n = 0; n < pairs.size(); n += 2) {
                if (BranchPlan.isBranch((byte[]) pairs.get(n))) {
                    continue; // its leases are nobody's
                }
                standings.add(new Standing(queues.get(i), Records.text((byte[]) pairs.get(n)), (long)
                        Double.parseDouble(Records.text((byte[]) pairs.get(n + 1)))));
            }
        }
        return standings;
    }
}
