package io.goose.broker.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A message on its way, until what became of it is known. Thread-safe: whoever says so first is believed. */
final class Publication {

    private final String exchange;
    private final String key;
    private final BasicProperties properties;
    private final byte[] body;
    private final long sentNanos = System.nanoTime();
    private final AtomicReference<@Nullable Consumer<Fate>> told;
    private volatile boolean returned;

    /**
     * @param told is told of its end, once, by any thread: must be quick
     */
    Publication(String exchange, String key, BasicProperties properties, byte[] body, Consumer<Fate> told) {
        this.exchange = exchange;
        this.key = key;
        this.properties = properties;
        this.body = body;
        this.told = new AtomicReference<>(told);
    }

    /** What became of a message. */
    sealed interface Fate {

        /** It is where it was to go, as durable as that is. */
        record Confirmed() implements Fate {
            static final Confirmed INSTANCE = new Confirmed();
        }

        /** There is no such place. */
        record Returned(String reason) implements Fate {}

        /** The broker says that it has not taken it. */
        record Refused() implements Fate {
            static final Refused INSTANCE = new Refused();
        }

        /**
         * Nobody can say.
         *
         * @param sent whether the broker can have it
         */
        record Unknown(boolean sent, Throwable cause) implements Fate {}
    }

    String exchange() {
        return exchange;
    }

    String key() {
        return key;
    }

    BasicProperties properties() {
        return properties;
    }

    byte[] body() {
        return body;
    }

    long sentNanos() {
        return sentNanos;
    }

    /** Whether a message that came back is this one, or one that has the same fate. */
    boolean isLike(String otherExchange, String otherKey, @Nullable String id) {
        return !returned
                && exchange.equals(otherExchange)
                && key.equals(otherKey)
                && String.valueOf(properties.getMessageId()).equals(id);
    }

    /** Notes that it came back; the broker confirms it afterwards all the same. */
    void noteReturn() {
        returned = true;
    }

    /** What a confirmation means for it. */
    Fate taken() {
        return returned ? new Fate.Returned(key) : Fate.Confirmed.INSTANCE;
    }

    void end(Fate fate) {
        Consumer<Fate> first = told.getAndSet(null);
        if (first != null) {
            first.accept(fate);
        }
    }
}
