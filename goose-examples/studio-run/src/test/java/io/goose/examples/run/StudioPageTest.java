package io.goose.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StudioPageTest {

    @Test
    void progress_countsTheTasksOfTheGallery() {
        String gallery = "{\"ready\":true,\"photos\":[{\"tasks\":[{\"state\":\"DONE\"},{\"state\":\"RETRYING\"}]},"
                + "{\"tasks\":[{\"state\":\"DEAD\"},{\"state\":\"WAITING\"},{\"state\":\"DONE\"}]}]}";
        assertThat(StudioPage.Progress.of(gallery)).isEqualTo(new StudioPage.Progress(true, 2, 2, 1));
    }

    @Test
    void aStudioThatHasNotEnqueuedItsSamples_isNotIdle() {
        assertThat(StudioPage.Progress.of("{\"ready\":false,\"photos\":[]}").isIdle())
                .isFalse();
        assertThat(StudioPage.Progress.of("{\"ready\":true,\"photos\":[]}").isIdle())
                .isTrue();
    }

    @Test
    void whereNobodyAnswers_thereIsNoProgress() {
        assertThat(new StudioPage(Port.anyFree()).progress()).isEmpty();
    }
}
