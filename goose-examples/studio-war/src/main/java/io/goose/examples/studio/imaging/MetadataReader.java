package io.goose.examples.studio.imaging;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.lang.GeoLocation;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.Tag;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.exif.GpsDirectory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads EXIF and the other metadata of a picture. Stateless and thread-safe. */
public final class MetadataReader {

    private static final int MAX_VALUE_LENGTH = 200;

    /** What was found, in the order in which the file has it, and of that what is worth showing at once. */
    public record Found(List<Fact> telling, List<Fact> all) {
        public Found {
            telling = List.copyOf(telling);
            all = List.copyOf(all);
        }
    }

    /**
     * Reads all metadata of a file.
     *
     * @throws DamagedImageException if it is no picture, or one that ends before its metadata do
     */
    public Found read(Path original) throws IOException {
        Metadata metadata = parse(original);
        List<Fact> all = new ArrayList<>();
        for (Directory directory : metadata.getDirectories()) {
            for (Tag tag : directory.getTags()) {
                String value = tag.getDescription();
                if (value != null && !value.isBlank()) {
                    all.add(new Fact(directory.getName(), tag.getTagName(), cut(value)));
                }
            }
        }
        return new Found(telling(metadata), all);
    }

    /** The EXIF orientation, 1 to 8; 0 if the picture does not tell. */
    static int orientation(Path original) throws IOException {
        ExifIFD0Directory exif = parse(original).getFirstDirectoryOfType(ExifIFD0Directory.class);
        try {
            return exif != null && exif.containsTag(ExifIFD0Directory.TAG_ORIENTATION)
                    ? exif.getInt(ExifIFD0Directory.TAG_ORIENTATION)
                    : 0;
        } catch (MetadataException notANumber) {
            return 0; // the camera wrote nonsense: the picture stays as it is
        }
    }

    private static Metadata parse(Path original) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(original))) {
            return ImageMetadataReader.readMetadata(in);
        } catch (ImageProcessingException e) {
            throw new DamagedImageException("no metadata can be read: " + e.getMessage(), e);
        }
    }

    private static List<Fact> telling(Metadata metadata) {
        List<Fact> facts = new ArrayList<>();
        ExifIFD0Directory camera = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        if (camera != null) {
            add(facts, "Camera", camera(camera));
        }
        ExifSubIFDDirectory shot = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
        if (shot != null) {
            add(facts, "Lens", shot.getDescription(ExifSubIFDDirectory.TAG_LENS_MODEL));
            add(facts, "Taken", shot.getDescription(ExifSubIFDDirectory.TAG_DATETIME_ORIGINAL));
            add(facts, "Exposure", shot.getDescription(ExifSubIFDDirectory.TAG_EXPOSURE_TIME));
            add(facts, "Aperture", shot.getDescription(ExifSubIFDDirectory.TAG_FNUMBER));
            add(facts, "ISO", shot.getDescription(ExifSubIFDDirectory.TAG_ISO_EQUIVALENT));
            add(facts, "Focal length", shot.getDescription(ExifSubIFDDirectory.TAG_FOCAL_LENGTH));
        }
        GpsDirectory position = metadata.getFirstDirectoryOfType(GpsDirectory.class);
        GeoLocation where = position == null ? null : position.getGeoLocation();
        if (where != null) {
            add(facts, "Position", String.format(Locale.ROOT, "%.4f, %.4f", where.getLatitude(), where.getLongitude()));
        }
        return facts;
    }

    private static String camera(ExifIFD0Directory directory) {
        String make = Objects.requireNonNullElse(directory.getString(ExifIFD0Directory.TAG_MAKE), "")
                .trim();
        String model = Objects.requireNonNullElse(directory.getString(ExifIFD0Directory.TAG_MODEL), "")
                .trim();
        // Many cameras repeat their maker in the model.
        return model.toLowerCase(Locale.ROOT).startsWith(make.toLowerCase(Locale.ROOT)) ? model : make + " " + model;
    }

    private static void add(List<Fact> facts, String label, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            facts.add(new Fact("Photo", label, cut(value)));
        }
    }

    private static String cut(String value) {
        return value.length() <= MAX_VALUE_LENGTH ? value : value.substring(0, MAX_VALUE_LENGTH) + "…";
    }
}
