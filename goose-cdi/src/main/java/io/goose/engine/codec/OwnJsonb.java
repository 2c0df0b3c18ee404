package io.goose.engine.codec;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.BinaryDataStrategy;
import jakarta.json.bind.serializer.JsonbSerializer;
import jakarta.json.bind.serializer.SerializationContext;
import jakarta.json.stream.JsonGenerator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A Jsonb that is made when it is first needed: where no class needs one, no implementation has to be there. */
final class OwnJsonb {

    private static final System.Logger LOG = System.getLogger(OwnJsonb.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Jsonb made; // guarded by lock
    private boolean closed; // guarded by lock

    Jsonb get() {
        lock.lock();
        try {
            if (closed) {
                throw new Misfit("the codec is closed");
            }
            if (made == null) {
                made = JsonbBuilder.create(new JsonbConfig()
                        .withNullValues(true) // else a map would lose its entries with null
                        .withBinaryDataStrategy(BinaryDataStrategy.BASE_64)
                        .withSerializers(new BigDecimalAsText(), new BigIntegerAsText()));
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            Jsonb last = made;
            made = null;
            if (last != null) {
                last.close();
            }
        } catch (Exception failed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "GOOSE-2212: the Jsonb of the job arguments was not closed cleanly; nothing else waits for it",
                    failed);
        } finally {
            lock.unlock();
        }
    }

    private static final class BigDecimalAsText implements JsonbSerializer<BigDecimal> {
        @Override
        public void serialize(BigDecimal value, JsonGenerator out, SerializationContext context) {
            out.write(value.toString());
        }
    }

    private static final class BigIntegerAsText implements JsonbSerializer<BigInteger> {
        @Override
        public void serialize(BigInteger value, JsonGenerator out, SerializationContext context) {
            out.write(value.toString());
        }
    }
}
