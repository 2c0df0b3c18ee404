package io.goose.examples.studio.imaging;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.IntConsumer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import net.coobird.thumbnailator.Thumbnails;
import net.coobird.thumbnailator.util.exif.ExifFilterUtils;
import net.coobird.thumbnailator.util.exif.Orientation;

/**
 * Makes small JPEGs of pictures in the formats that the JDK reads, upright as the camera was held.
 *
 * <p>A picture is read at about twice the size that is wanted, so a large one does not need its whole memory. Stateless
 * and thread-safe.
 */
public final class ThumbnailMaker {

    private static final double QUALITY = 0.85;
    private static final int READ_SHARE = 80; // percent of the work; the rest is scaling and writing

    private final long maxPixels;

    /**
     * @param maxPixels the largest picture that is opened: a small file can hold a huge one
     */
    public ThumbnailMaker(long maxPixels) {
        this.maxPixels = maxPixels;
    }

    /**
     * Makes one thumbnail.
     *
     * @param size its longest edge in pixels; a smaller picture is not enlarged
     * @param progress told the percent done, on the calling thread
     * @throws DamagedImageException if the file is no whole picture, or too large a one
     */
    public Thumbnail make(Path original, int size, IntConsumer progress) throws IOException {
        BufferedImage picture = opaque(read(original, size, percent -> progress.accept(percent * READ_SHARE / 100)));
        int edge = Math.min(size, Math.max(picture.getWidth(), picture.getHeight()));
        BufferedImage small = Thumbnails.of(picture)
                .addFilter(ExifFilterUtils.getFilterForOrientation(orientation(original)))
                .size(edge, edge)
                .asBufferedImage();
        progress.accept(90);
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        Thumbnails.of(small).scale(1).outputFormat("jpg").outputQuality(QUALITY).toOutputStream(jpeg);
        progress.accept(100);
        return new Thumbnail(jpeg.toByteArray(), small.getWidth(), small.getHeight());
    }

    private BufferedImage read(Path original, int size, IntConsumer progress) throws IOException {
        try (ImageInputStream in = new FileImageInputStream(original.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DamagedImageException("this is not a picture of a known format");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return read(reader, size, progress);
            } catch (DamagedImageException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                // Decoders answer damaged files with whatever exception they run into.
                throw new DamagedImageException("the picture cannot be decoded: " + e.getMessage(), e);
            } finally {
                reader.dispose();
            }
        }
    }

    private BufferedImage read(ImageReader reader, int size, IntConsumer progress) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > maxPixels) {
            throw new DamagedImageException(
                    "the picture has " + (long) width * height + " pixels, more than studio.max-pixels=" + maxPixels);
        }
        ImageReading reading = new ImageReading(progress);
        reader.addIIOReadProgressListener(reading);
        reader.addIIOReadWarningListener(reading);
        ImageReadParam how = reader.getDefaultReadParam();
        int every = Math.max(1, Math.max(width, height) / (2 * size));
        how.setSourceSubsampling(every, every, 0, 0);
        BufferedImage picture = reader.read(0, how);
        if (reading.warning() != null) {
            throw new DamagedImageException("the picture is damaged: " + reading.warning());
        }
        return picture;
    }

    private static BufferedImage opaque(BufferedImage picture) {
        if (!picture.getColorModel().hasAlpha()) {
            return picture;
        }
        BufferedImage onWhite = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = onWhite.createGraphics();
        canvas.drawImage(picture, 0, 0, Color.WHITE, null);
        canvas.dispose();
        return onWhite;
    }

    private static Orientation orientation(Path original) throws IOException {
        int value = MetadataReader.orientation(original);
        return value < 1 || value > 8 ? Orientation.TOP_LEFT : Orientation.typeOf(value);
    }
}
