package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.spi.Effect;
import io.goose.spi.GuardedLedger.KeptResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is kept of jobs that have ended. Thread-safe. */
final class RedisResults {

    private static final byte[] NOTHING = new byte[0];

    private final Exchange exchange;
    private final Registry registry;

    RedisResults(Exchange exchange, Registry registry) {
        this.exchange = exchange;
        this.registry = registry;
    }

    /** The seven arguments of this effect; the lane tells it from others. */
    static void add(List<byte[]> arguments, Effect.PutResult put, byte[] id) {
        arguments.add(NOTHING);
        arguments.add(id);
        arguments.add(QueueKeys.bytes("v"));
        arguments.add(QueueKeys.bytes(0));
        arguments.add(QueueKeys.bytes(Math.max(1, put.keep().toMillis())));
        arguments.add(NOTHING);
        arguments.add(QueueKeys.bytes(put.result().encode()));
    }

    Optional<JobResult> find(String queue, JobId id) {
        QueueKeys keys = registry.keys(QueueNames.check(queue));
        List<byte[]> arguments = List.of(QueueKeys.bytes(id.value()));
        Call call = Call.script(Script.RESULT_FIND, keys, keys.of(Script.RESULT_FIND), arguments);
        Object found = exchange.run("look for the result of job " + id, call).value();
        return found instanceof byte[] text ? Optional.of(JobResult.decode(Records.text(text))) : Optional.empty();
    }

    /** Keeps what ended elsewhere. */
    void keep(List<KeptResult> results) {
        Map<String, List<byte[]>> byQueue = new LinkedHashMap<>();
        for (KeptResult one : results) {
            List<byte[]> arguments = byQueue.computeIfAbsent(one.queue(), queue -> new ArrayList<>());
            arguments.add(QueueKeys.bytes(one.id().value()));
            arguments.add(QueueKeys.bytes(Math.max(1, one.keep().toMillis())));
            arguments.add(QueueKeys.bytes(one.result().encode()));
        }
        List<Call> calls = new ArrayList<>();
        byQueue.forEach((queue, arguments) -> {
            QueueKeys keys = registry.keys(queue);
            calls.add(Call.script(Script.RESULT_PUT, keys, keys.of(Script.RESULT_PUT), arguments)
                    .durably());
        });
        exchange.run(calls).forEach(answer -> exchange.checked("keep results", answer));
    }
}
