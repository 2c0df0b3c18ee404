package io.goose;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.JobId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exceptions keep what they know when a server passes them to another. */
class ExceptionsTest {

    private static <T extends Throwable> T sent(T exception) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            @SuppressWarnings("unchecked")
            T received = (T) in.readObject();
            return received;
        }
    }

    @Test
    void aRefusalKeepsItsCodeAndId() throws Exception {
        JobId id = JobId.random();
        EnqueueRejectedException received = sent(new EnqueueRejectedException("GOOSE-1013", id, "too large", null));
        assertThat(received.id()).isEqualTo(id);
        assertThat(received.code()).isEqualTo("GOOSE-1013");
        assertThat(sent(new EnqueueRejectedException("GOOSE-1010", null, "ambiguous", null))
                        .id())
                .isNull();
    }

    @Test
    void anUnknownOutcomeKeepsItsId() throws Exception {
        JobId id = JobId.random();
        assertThat(sent(new EnqueueOutcomeUnknownException(id, "no answer", null))
                        .id())
                .isEqualTo(id);
    }

    @Test
    void aPartialFailureKeepsWhatBecameOfEach() throws Exception {
        JobId good = JobId.random();
        JobId bad = JobId.random();
        EnqueueRejectedException refused = new EnqueueRejectedException("GOOSE-3001", bad, "no", null);
        PartlyEnqueuedException received = sent(new PartlyEnqueuedException(
                "GOOSE-1019: some",
                refused,
                List.of(
                        new PartlyEnqueuedException.Result(good, null),
                        new PartlyEnqueuedException.Result(bad, refused))));
        assertThat(received.results())
                .extracting(PartlyEnqueuedException.Result::id)
                .containsExactly(good, bad);
        assertThat(received.results().get(0).failure()).isNull();
        assertThat(received.results().get(1).failure())
                .isInstanceOfSatisfying(EnqueueRejectedException.class, failure -> assertThat(failure.id())
                        .isEqualTo(bad));
    }
}
