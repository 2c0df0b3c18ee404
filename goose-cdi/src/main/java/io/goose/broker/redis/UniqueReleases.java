package io.goose.broker.redis;

import io.goose.job.JobId;
import io.goose.spi.Effect;
import java.util.List;

/** What is written, recorded and sent of a unique key that a settled job gives up. Stateless. */
final class UniqueReleases {

    private static final byte[] NOTHING = new byte[0];
    private static final String LANE = "u";

    private UniqueReleases() {}

    /** The seven arguments of this effect; the lane tells it from a job that is enqueued. */
    static void add(List<byte[]> arguments, Effect.ReleaseUnique release, byte[] id, String queue) {
        arguments.add(release.home().equals(queue) ? NOTHING : QueueKeys.bytes(release.home()));
        arguments.add(id);
        arguments.add(QueueKeys.bytes(LANE));
        arguments.add(QueueKeys.bytes(0));
        arguments.add(QueueKeys.bytes(LANE)); // the name that it is recorded under is made with it
        arguments.add(QueueKeys.bytes(release.key()));
        arguments.add(NOTHING);
    }

    /** Whether this was recorded of such an effect. */
    static boolean isOne(Recorded effect) {
        return effect.rest().get(0).equals(LANE);
    }

    /** What does it in the queue that the key belongs to. */
    static Call call(QueueKeys home, String key, JobId id) {
        List<byte[]> arguments = List.of(QueueKeys.bytes(key), QueueKeys.bytes(id.value()));
        return Call.script(Script.UNIQUE_RELEASE, home, home.of(Script.UNIQUE_RELEASE), arguments);
    }

    /** What does what was recorded, in the queue that the key belongs to. */
    static Call call(QueueKeys home, Recorded effect) {
        List<byte[]> texts = effect.texts();
        return Call.script(
                        Script.UNIQUE_RELEASE,
                        home,
                        home.of(Script.UNIQUE_RELEASE),
                        List.of(texts.get(2), texts.get(1)))
                .durably();
    }
}
