package io.goose.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.SendResult;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UniqueLaterTest {

    private static QueuedJob job(Envelope.@Nullable Unique unique) {
        JobId id = JobId.random();
        Envelope envelope = Envelope.builder(id, "x", "home", JsonValue.EMPTY_JSON_ARRAY, Instant.ofEpochMilli(1))
                .retry(new Envelope.Retry(3, "elsewhere", false, null))
                .unique(unique)
                .build();
        return new QueuedJob("home", id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH, true);
    }

    @Test
    void whatComesOutOfAnOutboxHasTheKeyOfItsEnvelope() {
        Instant until = Instant.ofEpochMilli(7);
        QueuedJob unique = job(new Envelope.Unique("key", Scope.UNTIL, until, OnConflict.REPLACE));
        QueuedJob plain = job(null);

        assertThat(UniqueLater.withKey(unique).unique())
                .isEqualTo(new UniqueKey("key", Scope.UNTIL, until, OnConflict.REPLACE, "elsewhere"));
        assertThat(UniqueLater.withKey(plain)).isSameAs(plain);
    }

    @Test
    void whatCannotBeReadIsSentAsItIs() {
        byte[] bytes = "{\"unique\":{".getBytes(StandardCharsets.US_ASCII);
        QueuedJob bad = new QueuedJob("home", JobId.random(), EncodedEnvelope.wrap(bytes), DeliveryState.FRESH, true);

        assertThat(UniqueLater.withKey(bad)).isSameAs(bad);
    }

    @Test
    void whetherAUniqueOneIsAddedIsSaidToBeDecidedLater() {
        QueuedJob unique = job(null).withUnique(new UniqueKey("key", Scope.RUNNING, null, OnConflict.KEEP, null));
        QueuedJob plain = job(null);

        assertThat(UniqueLater.bound(List.of(unique, plain)))
                .containsExactly(new SendResult.Deferred(unique.id()), SendResult.Accepted.INSTANCE);
    }
}
