package io.goose.examples.studio.imaging;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/** Puts small pictures side by side on one large one. Stateless and thread-safe. */
public final class ContactSheetMaker {

    private static final int COLUMNS = 4;
    private static final int CELL = 160;
    private static final int MARGIN = 12;
    private static final Color MISSING = new Color(0xDD, 0xDD, 0xDD);

    /**
     * Makes a sheet.
     *
     * @param proofs JPEGs; an empty array leaves a grey place
     * @return a JPEG
     * @throws DamagedImageException if a proof is no picture
     */
    public byte[] make(List<byte[]> proofs) throws IOException {
        int columns = Math.max(1, Math.min(COLUMNS, proofs.size()));
        int rows = (proofs.size() + columns - 1) / columns;
        int step = CELL + MARGIN;
        BufferedImage sheet =
                new BufferedImage(columns * step + MARGIN, rows * step + MARGIN, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = sheet.createGraphics();
        try {
            canvas.setColor(Color.WHITE);
            canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            for (int i = 0; i < proofs.size(); i++) {
                draw(canvas, proofs.get(i), MARGIN + i % columns * step, MARGIN + i / columns * step);
            }
        } finally {
            canvas.dispose();
        }
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(sheet, "jpg", jpeg);
        return jpeg.toByteArray();
    }

    private static void draw(Graphics2D canvas, byte[] proof, int x, int y) throws IOException {
        if (proof.length == 0) {
            canvas.setColor(MISSING);
            canvas.fillRect(x, y, CELL, CELL);
            return;
        }
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(proof));
        if (picture == null) {
            throw new DamagedImageException("a proof is no picture");
        }
        double scale = Math.min(1.0, (double) CELL / Math.max(picture.getWidth(), picture.getHeight()));
        int width = Math.max(1, (int) (picture.getWidth() * scale));
        int height = Math.max(1, (int) (picture.getHeight() * scale));
        canvas.drawImage(picture, x + (CELL - width) / 2, y + (CELL - height) / 2, width, height, null);
    }
}
