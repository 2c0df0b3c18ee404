package io.goose.broker.jdbc;

import io.goose.admin.Place;
import io.goose.job.JobId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several rows at a time, by their keys or from one end of a place: each statement is served by one index. Whole brokers and ledgers
 * for transports have what waits under another number. Immutable.
 */
final class JobSets {

    private static final String FIRST = "SELECT id, seq FROM {job} WHERE queue = ? AND place = ";

    private static final List<Integer> SCHEDULED = List.of(Rows.SCHEDULED, Rows.SCHEDULED_NEEDY);
    private static final List<Integer> PARKED = List.of(Rows.PARKED, Rows.PARKED_NEEDY);

    private final int waiting;

    /**
     * @param waiting what is written of a job that waits
     */
    JobSets(int waiting) {
        this.waiting = waiting;
    }

    /** What is written of jobs in a place. */
    List<Integer> codes(Place place) {
        return switch (place) {
            case WAITING -> List.of(waiting);
            case SCHEDULED -> SCHEDULED;
            case DEAD -> List.of(Rows.DEAD);
            case PARKED -> PARKED;
            case RUNNING -> List.of();
        };
    }

    /** The same for several, as a condition that no index of some places can serve: the key is to be used. */
    String in(Set<Place> places) {
        return "place + 0 IN ("
                + places.stream()
                        .flatMap(place -> codes(place).stream())
                        .sorted()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "))
                + ")";
    }

    boolean isIn(int code, Set<Place> places) {
        return places.stream().anyMatch(place -> codes(place).contains(code));
    }

    private record Found(String id, long seq) {}

    /** What is one row of an index after the other, and in which order. */
    private List<String> parts(Place place, boolean byDeath) {
        return switch (place) {
            case WAITING, RUNNING ->
                waiting == Rows.WAITING
                        ? IntStream.rangeClosed(Rows.SUSPECTS, Rows.KEYED)
                                .mapToObj(lane -> waiting + " AND lane = " + lane + " ORDER BY place, queue, lane, seq")
                                .toList()
                        : List.of(waiting + " ORDER BY seq");
            case SCHEDULED ->
                SCHEDULED.stream()
                        .map(code -> code + " ORDER BY place, queue, due, seq")
                        .toList();
            case DEAD -> List.of(Rows.DEAD + (byDeath ? " AND due <= ?" : "") + " ORDER BY seq");
            case PARKED -> PARKED.stream().map(code -> code + " ORDER BY seq").toList();
        };
    }

    /**
     * The first of a place: the next to be leased or due, the longest dead or parked.
     *
     * @param untilMillis those alone that died by then; null for all
     */
    List<String> first(Statements statements, int queue, Place place, @Nullable Long untilMillis, int most, String lock)
            throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(List.of(queue, most));
        if (untilMillis != null && place == Place.DEAD) {
            values.add(1, untilMillis);
        }
        List<Found> found = new ArrayList<>();
        for (String part : parts(place, values.size() > 2)) {
            if (place != Place.WAITING || found.size() < most) {
                found.addAll(statements.query(
                        FIRST + part + " LIMIT ?" + lock,
                        row -> new Found(row.getString(1), row.getLong(2)),
                        values.toArray()));
            }
        }
        Stream<Found> ordered =
                place == Place.PARKED ? found.stream().sorted(Comparator.comparingLong(Found::seq)) : found.stream();
        return ordered.limit(most).map(Found::id).toList();
    }

    /**
     * Deletes rows; the jobs end without having run: what else is known of them ends here.
     *
     * @return those that were there
     */
    List<JobId> delete(Statements statements, int queue, Set<Place> places, Collection<String> ids)
            throws SQLException {
        if (places.isEmpty() || ids.isEmpty()) {
            return List.of();
        }
        Map<String, BatchMarks.Before> members = BatchMarks.look(statements, queue, in(places), ids);
        List<String> there = BatchMarks.looked(ids, members);
        List<@Nullable Object[]> keys = new ArrayList<>();
        there.forEach(id -> keys.add(new Object[] {queue, id}));
        int[] counts = statements.updateAll("DELETE FROM {job} WHERE queue = ? AND id = ? AND " + in(places), keys);
        List<JobId> deleted = hits(there, counts);
        BatchMarks.noteRemoved(statements, members, deleted);
        return deleted;
    }

    /** Those of which a row was hit. */
    static List<JobId> hits(List<String> ids, int[] counts) {
        return IntStream.range(0, counts.length)
                .filter(i -> counts[i] == 1)
                .mapToObj(i -> new JobId(ids.get(i)))
                .toList();
    }

    /** What is done to jobs of a queue, as in "cannot …". */
    static String what(String verb, String queue, List<JobId> ids) {
        return ids.size() == 1 ? verb + " job " + ids.get(0) : verb + " jobs of queue '" + queue + "'";
    }

    /** Each once, as it is stored. */
    static List<String> values(List<JobId> ids) {
        return ids.stream().map(JobId::value).distinct().toList();
    }
}
