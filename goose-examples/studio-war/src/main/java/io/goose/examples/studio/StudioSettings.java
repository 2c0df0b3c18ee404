package io.goose.examples.studio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * The {@code studio.*} settings; their meanings and defaults are in {@code META-INF/microprofile-config.properties}.
 *
 * @param dir where the gallery lives
 * @param sizes the longest edges of the thumbnails, in pixels
 * @param maxUpload the largest file, in bytes
 * @param maxPixels the largest picture, in pixels
 * @param noticeDelay from the end of an upload to its notice
 * @param archiveKept how long an archive is kept
 * @param autoLoadSamples whether a new gallery is filled with the sample photographs
 */
public record StudioSettings(
        Path dir,
        List<Integer> sizes,
        int maxUpload,
        long maxPixels,
        Duration noticeDelay,
        Duration archiveKept,
        boolean autoLoadSamples) {

    public StudioSettings {
        sizes = List.copyOf(sizes);
        if (sizes.isEmpty() || sizes.stream().anyMatch(s -> s < 16 || s > 4096)) {
            throw new IllegalArgumentException(
                    "studio.sizes=" + sizes + ": give one or more sizes of 16 to 4096 pixels");
        }
        if (maxUpload < 1 || maxPixels < 1 || noticeDelay.isNegative() || archiveKept.isNegative()) {
            throw new IllegalArgumentException(
                    "studio.max-upload, studio.max-pixels, studio.notice-delay and studio.archive-kept are positive");
        }
    }

    static StudioSettings from(Config config) {
        return new StudioSettings(
                config.getOptionalValue("studio.dir", String.class)
                        .map(Path::of)
                        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "goose-studio")),
                config.getValues("studio.sizes", Integer.class),
                config.getValue("studio.max-upload", Integer.class),
                config.getValue("studio.max-pixels", Long.class),
                config.getValue("studio.notice-delay", Duration.class),
                config.getValue("studio.archive-kept", Duration.class),
                config.getValue("studio.samples.auto-load", Boolean.class));
    }
}
