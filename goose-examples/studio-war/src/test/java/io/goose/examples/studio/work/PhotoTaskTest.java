package io.goose.examples.studio.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PhotoTaskTest {

    @Test
    void theSameTask_hasTheSameJobId_andAnotherHasAnother() {
        assertThat(PhotoTask.jobId("p", "metadata")).isEqualTo(PhotoTask.jobId("p", "metadata"));
        assertThat(PhotoTask.jobId("p", "metadata"))
                .isNotEqualTo(PhotoTask.jobId("q", "metadata"))
                .isNotEqualTo(PhotoTask.jobId("p", PhotoTask.thumbnail(160)));
        assertThat(PhotoTask.jobId("p", "metadata").isUuid()).isTrue();
    }

    @Test
    void aTasksName_leadsToItsJobAndArguments() {
        assertThat(PhotoTask.call("p", PhotoTask.METADATA).handler()).endsWith("PhotoJobs#readMetadata");
        assertThat(PhotoTask.call("p", PhotoTask.thumbnail(480)).handler()).endsWith("PhotoJobs#makeThumbnail");
        assertThat(PhotoTask.call("p", PhotoTask.thumbnail(480)).arguments()).isEqualTo(List.of("p", 480));
    }
}
