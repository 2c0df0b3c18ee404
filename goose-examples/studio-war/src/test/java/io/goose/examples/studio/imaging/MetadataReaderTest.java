package io.goose.examples.studio.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataReaderTest {

    private final MetadataReader reader = new MetadataReader();

    @Test
    void aCamerasPhoto_tellsOfCameraAndExposure() throws IOException {
        MetadataReader.Found found = reader.read(Pictures.sample("railway.jpg"));
        assertThat(found.telling())
                .contains(
                        new Fact("Photo", "Camera", "Canon PowerShot SX530 HS"),
                        new Fact("Photo", "Taken", "2020:09:12 11:49:38"),
                        new Fact("Photo", "Exposure", "1/800 sec"),
                        new Fact("Photo", "Aperture", "f/4.5"));
        assertThat(found.all()).hasSizeGreaterThan(100).allSatisfy(fact -> assertThat(fact.value())
                .isNotBlank());
    }

    @Test
    void aPictureWithoutExif_hasOnlyTheFilesOwnFacts() throws IOException {
        MetadataReader.Found found = reader.read(Pictures.sample("seeding.jpg"));
        assertThat(found.telling()).isEmpty();
        assertThat(found.all()).contains(new Fact("JPEG", "Image Width", "2400 pixels"));
    }

    @Test
    void whatIsNoPicture_isRefused(@TempDir Path dir) throws IOException {
        Path text = Files.writeString(dir.resolve("original"), "this is not a picture");
        assertThatThrownBy(() -> reader.read(text))
                .isInstanceOf(DamagedImageException.class)
                .hasMessageContaining("no metadata can be read");
    }
}
