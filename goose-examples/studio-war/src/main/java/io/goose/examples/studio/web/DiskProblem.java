package io.goose.examples.studio.web;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Answers a request that failed because the gallery's folder cannot be read or written. */
@Provider
public class DiskProblem implements ExceptionMapper<UncheckedIOException> {

    private static final Logger LOG = System.getLogger(DiskProblem.class.getName());

    @Override
    public Response toResponse(UncheckedIOException e) {
        LOG.log(Level.ERROR, "A request failed for want of the disk", e);
        return Problem.answer(
                Status.INTERNAL_SERVER_ERROR,
                "the disk of the studio refuses: " + e.getMessage() + "; the server's log says why");
    }
}
