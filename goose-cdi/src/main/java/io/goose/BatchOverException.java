package io.goose;

import io.goose.job.BatchId;

/**
 * A batch takes no more jobs: it is completed, was cancelled, or there is none with this id. Nothing was added.
 *
 * @since 0.1
 */
public final class BatchOverException extends GooseException {

    private static final long serialVersionUID = 1L;

    private final String batch;

    public BatchOverException(BatchId batch, String message) {
        super(message, null);
        this.batch = batch.value();
    }

    /** The batch. */
    public BatchId batch() {
        return BatchId.of(batch);
    }
}
