package io.goose.it.producer;

import io.goose.Job;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The job that the other program enqueues; keeps what it was called with. */
public class Sink {

    /** The name that the job has outside of this JVM. */
    static final String HANDLER = "io.goose.it.producer.Sink#accept";

    record Item(String sku, List<Long> sizes, @Nullable LocalDate at) {}

    record Received(
            long number,
            String text,
            @Nullable String more,
            @Nullable Item item,
            @Nullable List<Long> list) {}

    final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

    @Job
    public void accept(
            long number, String text, @Nullable String more, @Nullable Item item, @Nullable List<Long> list) {
        received.add(new Received(number, text, more, item, list));
    }
}
