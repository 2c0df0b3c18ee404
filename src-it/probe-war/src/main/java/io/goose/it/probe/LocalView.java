package io.goose.it.probe;

import io.goose.job.JobId;
import jakarta.ejb.Local;
import org.jspecify.annotations.Nullable;

/** The only client view of an EJB. */
@Local
public interface LocalView {

    /** Looks around once. */
    void look(String key);

    /** Enqueues the same. */
    @Nullable JobId identified(String key);
}
