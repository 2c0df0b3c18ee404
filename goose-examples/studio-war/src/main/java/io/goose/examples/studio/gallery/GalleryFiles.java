package io.goose.examples.studio.gallery;

import jakarta.json.bind.Jsonb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The gallery's folder: {@code photos/<id>/} holds the original, {@code photo.json} and what was made of it,
 * {@code notices/} the notices, {@code sheets/} the contact sheets, and {@code archive/} the archive.
 *
 * <p>A file appears whole or not at all: it is written beside its place and moved there, so a crash leaves the old one.
 * Thread-safe as long as no two threads write the same file. What the disk refuses is thrown as
 * {@link UncheckedIOException}.
 */
final class GalleryFiles {

    private static final String RECORD = "photo.json";
    private static final String PART = ".part";

    private final Path photos;
    private final Path notices;
    private final Path sheets;
    private final Path archives;
    private final Jsonb json;

    GalleryFiles(Path root, Jsonb json) {
        this.photos = root.resolve("photos");
        this.notices = root.resolve("notices");
        this.sheets = root.resolve("sheets");
        this.archives = root.resolve("archive");
        this.json = json;
    }

    /** Whether no gallery was ever here. */
    boolean isNew() {
        return Files.notExists(photos);
    }

    void create() {
        try {
            Files.createDirectories(photos);
            Files.createDirectories(notices);
            Files.createDirectories(sheets);
            Files.createDirectories(archives);
        } catch (IOException e) {
            throw new UncheckedIOException("the gallery's folder cannot be made, see studio.dir: " + photos, e);
        }
    }

    Path file(String photoId, String name) {
        return photos.resolve(photoId).resolve(name);
    }

    void save(Photo photo) {
        write(file(photo.id(), RECORD), json.toJson(photo).getBytes(StandardCharsets.UTF_8));
    }

    void save(Notice notice) {
        write(notices.resolve(notice.id() + ".json"), json.toJson(notice).getBytes(StandardCharsets.UTF_8));
    }

    void save(Sheet sheet) {
        write(sheets.resolve(sheet.id() + ".json"), json.toJson(sheet).getBytes(StandardCharsets.UTF_8));
    }

    Path sheet(String shootId) {
        return sheets.resolve(shootId + ".jpg");
    }

    Path archive() {
        return archives.resolve("archive.zip");
    }

    /** Packs the originals of these photos; those that are gone meanwhile are left out. */
    void pack(List<Photo> packed) {
        Path unfinished = archives.resolve("archive.zip." + UUID.randomUUID() + PART);
        try {
            Files.createDirectories(archives);
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(unfinished))) {
                for (Photo photo : packed) {
                    Path original = file(photo.id(), Gallery.ORIGINAL);
                    if (Files.isRegularFile(original)) {
                        // The folder keeps two files of one name apart; a name from outside may hold anything.
                        zip.putNextEntry(
                                new ZipEntry(photo.id() + "/" + photo.name().replaceAll("[^\\w.-]", "_")));
                        Files.copy(original, zip);
                        zip.closeEntry();
                    }
                }
            }
            Files.move(unfinished, archive(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot pack " + archive(), e);
        }
    }

    /**
     * Removes the archive, and unfinished ones, that were last written before this.
     *
     * @return whether there were any
     */
    boolean cleanUp(Instant before) {
        boolean any = false;
        try (Stream<Path> entries = Files.list(archives)) {
            for (Path entry : entries.toList()) {
                if (Files.getLastModifiedTime(entry).toInstant().isBefore(before)) {
                    any |= Files.deleteIfExists(entry);
                }
            }
            return any;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean up " + archives, e);
        }
    }

    void write(Path file, byte[] content) {
        Path unfinished = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + PART);
        try {
            Files.createDirectories(file.getParent());
            Files.write(unfinished, content);
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    List<Photo> loadPhotos() {
        return loadAll(photos, dir -> dir.resolve(RECORD), Photo.class);
    }

    List<Notice> loadNotices() {
        return loadAll(notices, file -> file, Notice.class);
    }

    List<Sheet> loadSheets() {
        return loadAll(sheets, file -> file, Sheet.class);
    }

    private <T> List<T> loadAll(Path folder, UnaryOperator<Path> record, Class<T> type) {
        List<T> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.map(record).toList()) {
                // A photo without its record was being added when the studio died; its sender got no answer.
                if (entry.toString().endsWith(".json") && Files.isRegularFile(entry)) {
                    found.add(json.fromJson(Files.readString(entry), type));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the gallery's folder " + folder, e);
        }
    }

    void deletePhoto(String photoId) {
        deleteTree(photos.resolve(photoId));
    }

    void deleteAll() {
        deleteTree(photos);
        deleteTree(notices);
        deleteTree(sheets);
        deleteTree(archives);
        create();
    }

    private static void deleteTree(Path root) {
        if (Files.notExists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }
}
