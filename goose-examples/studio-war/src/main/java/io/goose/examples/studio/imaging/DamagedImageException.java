package io.goose.examples.studio.imaging;

import java.io.IOException;

/** A file is no picture, is cut off, or cannot be opened for another reason that lies in the file. */
public final class DamagedImageException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedImageException(String message) {
        super(message);
    }

    DamagedImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
