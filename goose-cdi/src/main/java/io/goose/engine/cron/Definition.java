package io.goose.engine.cron;

import com.github.f4b6a3.uuid.UuidCreator;
import io.goose.CronEntry;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.CronLedger.Kept;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an entry is: when it runs, and a template of its jobs. As a text, {@code
 * 1|zone|missed|most|overlap|jitter in milliseconds|schedule}, then a line feed and the template, an envelope of which the id and the
 * time mean nothing. Immutable.
 */
final class Definition {

    private static final int PARTS = 7;

    private final CronEntry entry;
    private final Schedule schedule;
    private final Envelope template;
    private final String text;

    private Definition(CronEntry entry, Envelope template, String text) {
        this.entry = entry;
        this.schedule = Schedule.of(entry);
        this.template = template;
        this.text = text;
    }

    /**
     * Of an entry and a job as a client makes it; whoever registers the same gets the same text.
     *
     * @throws IllegalArgumentException if the schedule is none
     */
    static Definition of(CronEntry entry, QueuedJob job, EnvelopeCodec codec) {
        Envelope template = copy(decode(job.envelope(), codec), id(entry.name()), Instant.EPOCH)
                .build();
        String head = String.join(
                "|",
                "1",
                entry.zone().getId(),
                entry.missed().name(),
                String.valueOf(entry.most()),
                entry.overlap().name(),
                String.valueOf(entry.jitter().toMillis()),
                entry.schedule());
        return new Definition(
                entry, template, head + '\n' + codec.encode(template).text());
    }

    /**
     * Of what is kept.
     *
     * @throws IllegalArgumentException if it is not what {@link #of} wrote
     */
    static Definition of(Kept kept, EnvelopeCodec codec) {
        String text = kept.definition();
        int end = text.indexOf('\n');
        String[] parts = text.substring(0, Math.max(0, end)).split("\\|", PARTS);
        if (parts.length != PARTS || !parts[0].equals("1")) {
            throw new IllegalArgumentException("it is no definition of version 1");
        }
        CronEntry entry = new CronEntry(
                kept.name(),
                parts[6],
                zone(parts[1]),
                CronEntry.Missed.valueOf(parts[2]),
                Integer.parseInt(parts[3]),
                CronEntry.Overlap.valueOf(parts[4]),
                Duration.ofMillis(Long.parseLong(parts[5])));
        byte[] bytes = text.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        return new Definition(entry, decode(EncodedEnvelope.wrap(bytes), codec), text);
    }

    private static ZoneId zone(String id) {
        try {
            return ZoneId.of(id);
        } catch (DateTimeException unknown) { // to this Java; it may be newer than what others have
            throw new IllegalArgumentException(unknown.getMessage(), unknown);
        }
    }

    private static Envelope decode(EncodedEnvelope encoded, EnvelopeCodec codec) {
        try {
            return codec.decode(encoded);
        } catch (UndecodableEnvelopeException unreadable) {
            throw new IllegalArgumentException(unreadable.getMessage(), unreadable);
        }
    }

    /** All of the template that means something; a deadline is kept as the time that a job has. */
    private static Envelope.Builder copy(Envelope from, JobId id, Instant at) {
        return Envelope.builder(id, from.handler(), from.queue(), from.args(), at)
                .handlerVersion(from.handlerVersion().orElse(null))
                .encoding(from.encoding())
                .lane(from.lane())
                .key(from.key().orElse(null))
                .tags(from.tags())
                .deadline(from.deadline()
                        .map(end -> at.plus(Duration.between(from.enqueuedAt(), end)))
                        .orElse(null))
                .timeout(from.timeout().orElse(null))
                .retry(from.retry().orElse(null))
                .parent(from.parent().orElse(null))
                .headers(from.headers());
    }

    CronEntry entry() {
        return entry;
    }

    Schedule schedule() {
        return schedule;
    }

    Envelope template() {
        return template;
    }

    String text() {
        return text;
    }

    String queue() {
        return template.queue();
    }

    /** The queues in which a job of this entry may be. */
    Set<String> queues() {
        Set<String> queues = new TreeSet<>(Set.of(template.queue()));
        template.retry().map(Envelope.Retry::queue).ifPresent(queues::add);
        return queues;
    }

    /** Whether the ticks are those of the other one. */
    boolean ticksAs(Definition other) {
        return entry.schedule().equals(other.entry.schedule()) && entry.zone().equals(other.entry.zone());
    }

    /** When a tick is enqueued: with its jitter, and before the next one. */
    Instant due(Instant tick) {
        long most = entry.jitter().toMillis();
        if (most == 0) {
            return tick;
        }
        Instant later = tick.plusMillis(Math.floorMod(bits(tick), most + 1));
        Instant next = schedule.next(tick).orElse(Instant.MAX);
        return later.isBefore(next) ? later : next.minusMillis(1);
    }

    /** The same for everybody, and of one tick independent of that of another. */
    private long bits(Instant tick) {
        return UuidCreator.getNameBasedSha1(name(entry.name(), tick)).getLeastSignificantBits();
    }

    private static String name(String entry, Instant tick) {
        return entry + '@' + tick.toEpochMilli();
    }

    private static JobId id(String name) {
        return JobId.of(UuidCreator.getNameBasedSha1(name));
    }

    /** The id of a tick's job: a UUID of version 5 of {@code name@milliseconds}. */
    JobId id(Instant tick) {
        return id(name(entry.name(), tick));
    }

    /** The job of a tick. */
    QueuedJob job(Instant tick, Instant now, Envelope.Origin origin, EnvelopeCodec codec) {
        return job(id(tick), tick, now, origin, codec);
    }

    QueuedJob job(JobId id, Instant tick, Instant now, Envelope.@Nullable Origin origin, EnvelopeCodec codec) {
        Envelope envelope = copy(template, id, now)
                .lane(Lane.FRONT)
                .cron(new Envelope.Cron(entry.name(), tick))
                .origin(origin)
                .build();
        DeliveryState state = DeliveryState.FRESH.withLane(Lane.FRONT);
        return new QueuedJob(template.queue(), id, codec.encode(envelope), state);
    }
}
