package io.goose.examples.studio.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThumbnailMakerTest {

    private final ThumbnailMaker maker = new ThumbnailMaker(10_000_000);

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(ints = {160, 480, 1200})
    void aPhoto_fitsTheSize_andKeepsItsShape(int size) throws IOException {
        Thumbnail made = maker.make(Pictures.sample("picos-de-europa.jpg"), size, percent -> {});
        BufferedImage shown = decoded(made);
        assertThat(shown.getWidth()).isEqualTo(made.width()).isEqualTo(size);
        assertThat(shown.getHeight()).isEqualTo(made.height()).isEqualTo(size * 3 / 4);
    }

    @Test
    void aSmallPicture_isNotEnlarged() throws IOException {
        Thumbnail made = maker.make(file(Pictures.redAndBlue(100, 50, "png")), 480, percent -> {});
        assertThat(made.width()).isEqualTo(100);
        assertThat(made.height()).isEqualTo(50);
    }

    @Test
    void aCameraHeldUpright_givesAnUprightPicture() throws IOException {
        byte[] turned = Pictures.withOrientation(Pictures.redAndBlue(400, 200, "jpg"), 6); // turn right by 90 degrees
        BufferedImage shown = decoded(maker.make(file(turned), 100, percent -> {}));
        assertThat(shown.getWidth()).isEqualTo(50);
        assertThat(shown.getHeight()).isEqualTo(100);
        assertThat(new Color(shown.getRGB(25, 10)).getRed()).as("red is on top").isGreaterThan(200);
        assertThat(new Color(shown.getRGB(25, 90)).getBlue())
                .as("blue is below")
                .isGreaterThan(200);
    }

    @Test
    void whatIsTransparent_becomesWhite() throws IOException {
        BufferedImage nothing = new BufferedImage(50, 50, BufferedImage.TYPE_INT_ARGB);
        BufferedImage shown = decoded(maker.make(file(Pictures.encoded(nothing, "png")), 40, percent -> {}));
        assertThat(new Color(shown.getRGB(20, 20)).getGreen()).isGreaterThan(250);
    }

    @Test
    void progress_growsToTheEnd() throws IOException {
        List<Integer> told = new ArrayList<>();
        maker.make(Pictures.sample("seeding.jpg"), 160, told::add);
        assertThat(told).isSorted().endsWith(100);
        assertThat(told.size()).isGreaterThan(5);
    }

    @Test
    void aFileThatIsCutOff_isRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Pictures.sample("rocket.jpg"));
        Path cut = file(Arrays.copyOf(whole, whole.length / 3));
        assertThatThrownBy(() -> maker.make(cut, 160, percent -> {}))
                .isInstanceOf(DamagedImageException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void aTextFile_isRefused() throws IOException {
        Path text = file("this is not a picture".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> maker.make(text, 160, percent -> {}))
                .isInstanceOf(DamagedImageException.class)
                .hasMessageContaining("not a picture");
    }

    @Test
    void aHugePicture_isRefusedBeforeItIsOpened() throws IOException {
        Path file = file(Pictures.redAndBlue(200, 200, "png"));
        assertThatThrownBy(() -> new ThumbnailMaker(39_999).make(file, 160, percent -> {}))
                .isInstanceOf(DamagedImageException.class)
                .hasMessageContaining("studio.max-pixels=39999");
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(dir.resolve("original"), content);
    }

    private static BufferedImage decoded(Thumbnail made) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(made.jpeg()));
    }
}
