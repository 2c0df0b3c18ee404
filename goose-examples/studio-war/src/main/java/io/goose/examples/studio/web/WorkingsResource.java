package io.goose.examples.studio.web;

import io.goose.Enqueued;
import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.work.Archive;
import io.goose.examples.studio.work.Workings;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;

/** Contact sheets, the archive, and what Goose does for them. */
@Path("workings")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class WorkingsResource {

    /** The answer to an order: the job that will pack, and whether this order added it. */
    public record Ordered(String job, String outcome) {}

    @Inject
    Workings workings;

    @Inject
    Archive archive;

    @Inject
    Gallery gallery;

    @Inject
    Jsonb json;

    /** Batches, the recurring job, the unique job and the limit. Answers 503 while the broker cannot be reached. */
    @GET
    public Response look() {
        try {
            return Response.ok(json.toJson(workings.look())).build();
        } catch (GooseException e) {
            return Problem.answer(Status.SERVICE_UNAVAILABLE, "the broker does not answer: " + e.getMessage());
        }
    }

    /** Orders the archive. Answers 501 where the broker knows no unique jobs. */
    @POST
    @Path("archive")
    public Response order() {
        try {
            Enqueued answer = archive.order();
            return Response.ok(json.toJson(
                            new Ordered(answer.id().value(), answer.outcome().name())))
                    .build();
        } catch (UnsupportedCapabilityException e) {
            return Problem.answer(Status.NOT_IMPLEMENTED, "there will be no archive: " + e.getMessage());
        } catch (GooseException e) {
            return Problem.answer(Status.SERVICE_UNAVAILABLE, "there will be no archive: " + e.getMessage());
        }
    }

    /** The archive. */
    @GET
    @Path("archive.zip")
    @Produces("application/zip")
    public Response download() {
        return file(gallery.archive());
    }

    /** The contact sheet of a shoot. */
    @GET
    @Path("sheets/{shoot: [-0-9a-f]{36}}.jpg")
    @Produces("image/jpeg")
    public Response sheet(@PathParam("shoot") String shoot) {
        return file(gallery.sheet(shoot));
    }

    private static Response file(Optional<java.nio.file.Path> file) {
        CacheControl always = new CacheControl();
        always.setNoCache(true);
        return file.map(path -> Response.ok(path.toFile()).cacheControl(always).build())
                .orElseGet(() -> Response.status(Status.NOT_FOUND).build());
    }
}
