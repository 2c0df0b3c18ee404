package io.goose.it.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What all processes of a folder noted, read on as it grows. For one thread. */
final class Runs {

    private final Path folder;
    private final Map<Path, Long> readUpTo = new HashMap<>();
    private final Map<String, Map<Integer, List<Note>>> notes = new HashMap<>(); // by what, by number
    private final Map<String, Integer> totals = new HashMap<>(); // by what

    /**
     * A line of a process.
     *
     * @param worker the name of the process
     * @param at epoch milliseconds
     */
    record Note(String worker, int number, long at) {}

    Runs(Path folder) {
        this.folder = folder;
    }

    /** How many jobs of a kind there are notes of. */
    int jobs(String what) throws IOException {
        return of(what).size();
    }

    /** How many notes of a kind there are. */
    int total(String what) throws IOException {
        readOn();
        return totals.getOrDefault(what, 0);
    }

    /** How many of these notes are beyond the first of their jobs. */
    int repeated(String what) throws IOException {
        return total(what) - jobs(what);
    }

    Set<Integer> numbers(String what) throws IOException {
        return of(what).keySet();
    }

    /** The notes of a kind by the number of the job; those of one process are in order. */
    Map<Integer, List<Note>> of(String what) throws IOException {
        readOn();
        return notes.getOrDefault(what, Map.of());
    }

    /** How many notes of a kind one process has made. */
    long by(WorkerJvm worker, String what) throws IOException {
        return of(what).values().stream()
                .flatMap(List::stream)
                .filter(note -> note.worker().equals(worker.name()))
                .count();
    }

    private void readOn() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(RunLog.SUFFIX)).toList();
        }
        for (Path file : files) {
            readOn(file);
        }
    }

    private void readOn(Path path) throws IOException {
        long from = readUpTo.getOrDefault(path, 0L);
        byte[] bytes;
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            bytes = new byte[Math.toIntExact(file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
        }
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--; // a line that is being written
        }
        String name = path.getFileName().toString();
        String worker = name.substring(0, name.length() - RunLog.SUFFIX.length());
        for (String line :
                new String(bytes, 0, end, StandardCharsets.US_ASCII).lines().toList()) {
            String[] parts = line.split(" ", -1);
            Note note = new Note(worker, Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
            notes.computeIfAbsent(parts[0], what -> new HashMap<>())
                    .computeIfAbsent(note.number(), number -> new ArrayList<>(1))
                    .add(note);
            totals.merge(parts[0], 1, Integer::sum);
        }
        readUpTo.put(path, from + end);
    }
}
