package io.goose.examples.studio.gallery;

import io.goose.examples.studio.imaging.Fact;
import jakarta.json.bind.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * All photos, their tasks and the notices.
 *
 * <p>Every method that says what was done may be called again with the same arguments: a job may run twice. What it was
 * told is on disk when it returns, except for progress in percent. What concerns a photo that is not there is ignored:
 * the customer may have cleared the gallery while a job was at it. Thread-safe; the folder belongs to one process.
 */
public final class Gallery {

    static final String ORIGINAL = "original";

    private final GalleryFiles files;
    private final Jsonb json;
    private final InstantSource clock;
    private final boolean wasNew;
    private final Map<String, Photo> photos = new ConcurrentHashMap<>();
    private final Map<String, Notice> notices = new ConcurrentHashMap<>();
    private final Map<String, Sheet> sheets = new ConcurrentHashMap<>();
    private final AtomicLong version;
    private volatile boolean ready;

    private Gallery(GalleryFiles files, Jsonb json, InstantSource clock) {
        this.files = files;
        this.json = json;
        this.clock = clock;
        this.wasNew = files.isNew();
        this.version = new AtomicLong(clock.millis());
    }

    /** Opens the gallery in a folder, which is made if it is not there. */
    public static Gallery open(Path root, Jsonb json, InstantSource clock) {
        Gallery gallery = new Gallery(new GalleryFiles(root, json), json, clock);
        gallery.files.create();
        gallery.files.loadPhotos().forEach(p -> gallery.photos.put(p.id(), p));
        gallery.files.loadNotices().forEach(n -> gallery.notices.put(n.id(), n));
        gallery.files.loadSheets().forEach(s -> gallery.sheets.put(s.id(), s));
        return gallery;
    }

    /** Whether there was no gallery in this folder before it was opened. */
    public boolean wasNew() {
        return wasNew;
    }

    /** Whether all that was to be there when the studio opened is. */
    public boolean isReady() {
        return ready;
    }

    /** Says that all is there with which the studio opens. */
    public void opened() {
        ready = true;
        changed();
    }

    /** A number that grows with every change. */
    public long version() {
        return version.get();
    }

    /** All photos, the latest first. */
    public List<Photo> photos() {
        return photos.values().stream()
                .sorted(Comparator.comparingLong(Photo::addedAt).reversed().thenComparing(Photo::id))
                .toList();
    }

    /** The photos of one shoot, in no order. */
    public List<Photo> shoot(String shootId) {
        return photos.values().stream().filter(p -> p.shoot().equals(shootId)).toList();
    }

    /** All notices, the latest first. */
    public List<Notice> notices() {
        return notices.values().stream()
                .sorted(Comparator.comparingLong(Notice::at).reversed())
                .toList();
    }

    /** The photo of this id. */
    public Optional<Photo> find(String photoId) {
        return Optional.ofNullable(photos.get(photoId));
    }

    /**
     * Adds a photo whose tasks are all waiting.
     *
     * @param taskJobs the names of its tasks, each with the id of its job, in the order in which they are shown
     * @param content the file; read to its end, not closed
     * @throws UncheckedIOException if the disk refuses it; nothing is kept then
     */
    public Photo add(String id, String shoot, String name, Map<String, String> taskJobs, InputStream content)
            throws IOException {
        byte[] original = content.readAllBytes();
        List<Task> tasks = taskJobs.entrySet().stream()
                .map(t -> Task.waiting(t.getKey(), t.getValue(), clock.instant()))
                .toList();
        Photo photo = new Photo(id, shoot, name, original.length, clock.millis(), tasks, List.of());
        try {
            files.write(files.file(id, ORIGINAL), original);
            files.save(photo);
        } catch (UncheckedIOException e) {
            throw withoutTraces(id, e);
        }
        photos.put(id, photo);
        changed();
        return photo;
    }

    /** A disk that is full must not keep half a photo. */
    private UncheckedIOException withoutTraces(String id, UncheckedIOException refusal) {
        try {
            files.deletePhoto(id);
        } catch (UncheckedIOException e) {
            refusal.addSuppressed(e);
        }
        return refusal;
    }

    /** Forgets a photo. */
    public void remove(String photoId) {
        if (photos.remove(photoId) != null) {
            files.deletePhoto(photoId);
            changed();
        }
    }

    /** Forgets everything. */
    public void clear() {
        photos.clear();
        notices.clear();
        sheets.clear();
        files.deleteAll();
        changed();
    }

    /** The file as it came in. */
    public Path original(String photoId) {
        return files.file(photoId, ORIGINAL);
    }

    /** A file that was made of a photo, if it is there. */
    public Optional<Path> made(String photoId, String fileName) {
        Path file = files.file(photoId, fileName);
        return photos.containsKey(photoId) && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** Keeps a file that was made of a photo; one of this name is replaced. */
    public void keep(String photoId, String fileName, byte[] content) {
        if (photos.containsKey(photoId)) {
            files.write(files.file(photoId, fileName), content);
        }
    }

    /**
     * Keeps what a photo tells of itself.
     *
     * @param telling the few facts that are shown at once
     * @param all all of them
     */
    public void keepFacts(String photoId, List<Fact> telling, List<Fact> all) {
        keep(photoId, "metadata.json", json.toJson(all).getBytes(StandardCharsets.UTF_8));
        update(photoId, p -> p.with(telling), true);
    }

    /** The task, which was dead, was sent anew. */
    public void taskWaiting(String photoId, String task) {
        set(photoId, task, TaskState.WAITING, 0, "");
    }

    /** A run of the task has begun. */
    public void taskRunning(String photoId, String task, int attempt) {
        update(photoId, p -> p.with(task, t -> t.running(attempt, clock.instant())), true);
    }

    /** The present run of the task has come so far. */
    public void taskProgress(String photoId, String task, int percent) {
        update(photoId, p -> p.with(task, t -> t.at(percent)), false);
    }

    /** The task is done. */
    public void taskDone(String photoId, String task, int attempt, String result) {
        set(photoId, task, TaskState.DONE, attempt, result);
    }

    /** A run of the task has failed; it will be tried again. */
    public void taskFailed(String photoId, String task, int attempt, String failure) {
        set(photoId, task, TaskState.RETRYING, attempt, failure);
    }

    /** The task has failed for the last time. */
    public void taskDied(String photoId, String task, int attempt, String failure) {
        set(photoId, task, TaskState.DEAD, attempt, failure);
    }

    /** Sends a notice about a shoot; a second one about the same shoot is ignored. */
    public void send(String shootId, String text) {
        notices.computeIfAbsent(shootId, id -> {
            Notice notice = new Notice(id, text, clock.millis());
            files.save(notice);
            return notice;
        });
        changed();
    }

    /**
     * Keeps the contact sheet of a shoot; one that was there is replaced.
     *
     * @param status how the making of its proofs ended
     */
    public void keepSheet(String shootId, String status, byte[] jpeg) {
        Sheet sheet = new Sheet(shootId, status, clock.millis());
        files.write(files.sheet(shootId), jpeg);
        files.save(sheet);
        sheets.put(shootId, sheet);
        changed();
    }

    /** All contact sheets, in no order. */
    public List<Sheet> sheets() {
        return List.copyOf(sheets.values());
    }

    /** The contact sheet of a shoot, a JPEG, if it is there. */
    public Optional<Path> sheet(String shootId) {
        return Optional.of(files.sheet(shootId))
                .filter(file -> sheets.containsKey(shootId) && Files.isRegularFile(file));
    }

    /** Packs all originals into the archive; one that was there is replaced. */
    public void pack() {
        files.pack(photos());
        changed();
    }

    /** The archive, if it is there. */
    public Optional<Path> archive() {
        return Optional.of(files.archive()).filter(Files::isRegularFile);
    }

    /** How large the archive is; 0 if there is none. */
    public long archiveBytes() {
        return files.archive().toFile().length();
    }

    /** Removes an archive that is older than this, and what a crash has left of one. */
    public void cleanUp(Duration archiveKept) {
        if (files.cleanUp(clock.instant().minus(archiveKept))) {
            changed();
        }
    }

    private void set(String photoId, String task, TaskState state, int attempt, String note) {
        update(photoId, p -> p.with(task, t -> t.to(state, attempt, note, clock.instant())), true);
    }

    private void update(String photoId, UnaryOperator<Photo> change, boolean save) {
        try {
            photos.computeIfPresent(photoId, (id, photo) -> {
                Photo next = change.apply(photo);
                if (save) {
                    files.save(next);
                }
                return next;
            });
        } catch (UncheckedIOException e) {
            if (photos.containsKey(photoId)) {
                throw e;
            }
            return; // the gallery was cleared in between
        }
        changed();
    }

    private void changed() {
        version.incrementAndGet();
    }
}
