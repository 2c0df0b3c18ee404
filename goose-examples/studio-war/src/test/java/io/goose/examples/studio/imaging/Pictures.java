package io.goose.examples.studio.imaging;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures to test with. */
final class Pictures {

    private Pictures() {}

    static Path sample(String name) {
        return Path.of("src/main/webapp/samples", name);
    }

    /** A picture whose left half is red and whose right half is blue. */
    static byte[] redAndBlue(int width, int height, String format) throws IOException {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = picture.createGraphics();
        canvas.setColor(Color.RED);
        canvas.fillRect(0, 0, width / 2, height);
        canvas.setColor(Color.BLUE);
        canvas.fillRect(width / 2, 0, width - width / 2, height);
        canvas.dispose();
        return encoded(picture, format);
    }

    static byte[] encoded(BufferedImage picture, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, format, out);
        return out.toByteArray();
    }

    /** The same JPEG with an EXIF segment that says how the camera was held. */
    static byte[] withOrientation(byte[] jpeg, int orientation) {
        ByteBuffer segment = ByteBuffer.allocate(36);
        segment.putShort((short) 0xFFE1).putShort((short) 34); // APP1 and its length
        segment.put(new byte[] {'E', 'x', 'i', 'f', 0, 0, 'M', 'M'})
                .putShort((short) 42)
                .putInt(8);
        segment.putShort((short) 1); // one entry: orientation, a SHORT
        segment.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        segment.putInt(0);
        ByteBuffer whole = ByteBuffer.allocate(jpeg.length + segment.capacity());
        whole.put(jpeg, 0, 2).put(segment.array()).put(jpeg, 2, jpeg.length - 2);
        return whole.array();
    }
}
