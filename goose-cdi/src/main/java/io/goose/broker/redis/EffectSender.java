package io.goose.broker.redis;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Sends what was recorded to the queue that it is for, with a dedupe mark. Thread-safe. */
final class EffectSender implements Effects.Delivery {

    private final Registry registry;
    private final byte[] wakePrefix;
    private final byte[] retentionMillis;
    private final String sender = UUID.randomUUID().toString();
    private final AtomicLong sends = new AtomicLong();

    EffectSender(Registry registry, Duration retention) {
        this.registry = registry;
        this.wakePrefix = QueueKeys.bytes(registry.wakePrefix());
        this.retentionMillis = QueueKeys.bytes(retention.toMillis());
    }

    /** The texts are queue, id and record, the rest is lane, time and mark. */
    @Override
    public Call call(byte[] content) throws RedisFault {
        Recorded effect = Recorded.of(content, 3);
        String queue = Records.text(effect.texts().get(0));
        RedisFault unknown = registry.note(List.of(queue));
        if (unknown != null) {
            throw unknown;
        }
        QueueKeys to = registry.keys(queue);
        if (UniqueReleases.isOne(effect)) {
            return UniqueReleases.call(to, effect);
        }
        // The number makes the call write even if the job is there already: what is waited for includes the job then.
        List<byte[]> arguments = List.of(
                wakePrefix,
                to.queueBytes,
                QueueKeys.bytes(sends.incrementAndGet()),
                retentionMillis,
                effect.texts().get(1),
                QueueKeys.bytes(effect.rest().get(0)),
                QueueKeys.bytes(effect.rest().get(1)),
                QueueKeys.bytes(effect.rest().get(2)),
                effect.texts().get(2),
                effect.texts().get(3));
        return Call.script(Script.ENQUEUE, to, to.of(Script.ENQUEUE, to.sent(sender)), arguments)
                .durably();
    }
}
