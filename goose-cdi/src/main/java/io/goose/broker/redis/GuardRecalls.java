package io.goose.broker.redis;

import io.goose.spi.SessionSpec;
import java.util.List;
import redis.clients.jedis.Protocol.Command;

/** Brings back what was parked in a ledger until somebody knows it. Thread-safe. */
final class GuardRecalls {

    private static final int MOST_RECALLED = 500;

    private final Exchange exchange;

    GuardRecalls(Exchange exchange) {
        this.exchange = exchange;
    }

    /** What of these queues was parked for lack of what the session has announced comes back; how much. */
    int recall(SessionSpec session, List<QueueKeys> queues) {
        SessionSpec stored = Needs.stored(session);
        List<Answer> needs = exchange.run(queues.stream()
                .map(queue -> Call.command(queue.route(), Command.HKEYS, queue.key("needs")))
                .toList());
        int recalled = 0;
        for (int i = 0; i < queues.size(); i++) {
            QueueKeys queue = queues.get(i);
            List<Object> names = exchange.checked("look for parked jobs of queue '" + queue.queue + "'", needs.get(i))
                    .list();
            for (Object need : names) {
                if (stored.canRun(Records.text((byte[]) need))) {
                    recalled += recall(queue, (byte[]) need);
                }
            }
        }
        return recalled;
    }

    /** What is left of very many is for the next call. */
    private int recall(QueueKeys queue, byte[] need) {
        Call call = Call.script(
                Script.LEDGER_RECALL,
                queue,
                queue.of(Script.LEDGER_RECALL),
                List.of(need, QueueKeys.bytes(MOST_RECALLED)));
        return (int) exchange.run("recall jobs of queue '" + queue.queue + "'", call.once())
                .number();
    }
}
