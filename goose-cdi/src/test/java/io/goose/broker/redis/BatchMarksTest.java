package io.goose.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.JobId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BatchMarksTest {

    @ParameterizedTest
    @CsvSource({"3S, true", "12E, true", "u, false", "3, false", "'', false"})
    void aMark_isToldFromOtherThingsThatAreRecorded(String rest, boolean isMark) {
        byte[] name = QueueKeys.bytes(JobId.random() + ":" + rest);

        assertThat(BatchMarks.isMark(name)).isEqualTo(isMark);
    }
}
