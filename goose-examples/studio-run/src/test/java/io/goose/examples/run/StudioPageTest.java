package io.goose.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StudioPageTest {

    @Test
    void progress_countsTheTasksOfTheGallery() {
        String gallery = "{\"photos\":[{\"tasks\":[{\"state\":\"DONE\"},{\"state\":\"RETRYING\"}]},"
                + "{\"tasks\":[{\"state\":\"DEAD\"},{\"state\":\"WAITING\"},{\"state\":\"DONE\"}]}]}";
        assertThat(StudioPage.Progress.of(gallery)).isEqualTo(new StudioPage.Progress(2, 2, 1));
    }

    @Test
    void whereNobodyAnswers_thereIsNoProgress() {
        assertThat(new StudioPage(Port.anyFree()).progress()).isEmpty();
    }
}
