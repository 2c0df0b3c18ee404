package io.goose.examples.studio.imaging;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** Listens to one reading of an image: passes the progress on and remembers the first warning. */
final class ImageReading implements IIOReadProgressListener, IIOReadWarningListener {

    private static final int STEP = 5;

    private final IntConsumer progress;
    private final AtomicReference<@Nullable String> warning = new AtomicReference<>();
    private int told = -STEP; // reading thread only

    ImageReading(IntConsumer progress) {
        this.progress = progress;
    }

    /** What the decoder complained about: mostly that the file ends too early. Null if it did not. */
    @Nullable String warning() {
        return warning.get();
    }

    @Override
    public void warningOccurred(ImageReader source, String text) {
        warning.compareAndSet(null, text);
    }

    @Override
    public void imageProgress(ImageReader source, float percentageDone) {
        int percent = Math.round(percentageDone);
        if (percent >= told + STEP) {
            told = percent;
            progress.accept(percent);
        }
    }

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {}

    @Override
    public void sequenceComplete(ImageReader source) {}

    @Override
    public void imageStarted(ImageReader source, int imageIndex) {}

    @Override
    public void imageComplete(ImageReader source) {}

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {}

    @Override
    public void thumbnailComplete(ImageReader source) {}

    @Override
    public void readAborted(ImageReader source) {}
}
