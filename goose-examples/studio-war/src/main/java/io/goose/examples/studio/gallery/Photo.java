package io.goose.examples.studio.gallery;

import io.goose.examples.studio.imaging.Fact;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A photo and what was done to it.
 *
 * @param id a UUID
 * @param shoot the photos that were brought in together
 * @param name the file's name as the customer knows it
 * @param bytes the file's size
 * @param addedAt epoch milliseconds
 * @param tasks one for each job
 * @param facts the most telling of its metadata; empty until they were read
 */
public record Photo(
        String id, String shoot, String name, long bytes, long addedAt, List<Task> tasks, List<Fact> facts) {

    public Photo {
        tasks = List.copyOf(tasks);
        facts = List.copyOf(facts);
    }

    /** The task of this name. */
    public Optional<Task> task(String taskName) {
        return tasks.stream().filter(t -> t.name().equals(taskName)).findFirst();
    }

    /** Whether nothing more will happen to this photo. */
    public boolean finished() {
        return tasks.stream().allMatch(t -> t.state().isEnd());
    }

    Photo with(String taskName, UnaryOperator<Task> change) {
        List<Task> changed = tasks.stream()
                .map(t -> t.name().equals(taskName) ? change.apply(t) : t)
                .toList();
        return new Photo(id, shoot, name, bytes, addedAt, changed, facts);
    }

    Photo with(List<Fact> found) {
        return new Photo(id, shoot, name, bytes, addedAt, tasks, found);
    }
}
