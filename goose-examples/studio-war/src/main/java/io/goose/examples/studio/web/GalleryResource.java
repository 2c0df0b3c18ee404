package io.goose.examples.studio.web;

import io.goose.GooseException;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Notice;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.work.StudioQueues;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** What the page shows. It asks several times a second; the entity tag makes that cheap while nothing happens. */
@Path("gallery")
@RequestScoped
public class GalleryResource {

    private static final int DAY = 24 * 60 * 60;

    /** The gallery at one moment; {@code version} grows with each change, {@code ready} says that the studio has opened. */
    public record View(long version, boolean ready, List<Photo> photos, List<Notice> notices) {}

    @Inject
    Gallery gallery;

    @Inject
    StudioQueues queues;

    @Inject
    Jsonb json;

    /** All photos with their tasks, and the notices; 304 while nothing has changed. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response look(@Context Request request) {
        long version = gallery.version(); // read first: a change in between makes the next answer new
        EntityTag tag = new EntityTag(Long.toString(version));
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        if (unchanged != null) {
            return unchanged.cacheControl(revalidate()).build();
        }
        return Response.ok(json.toJson(new View(version, gallery.isReady(), gallery.photos(), gallery.notices())))
                .tag(tag)
                .cacheControl(revalidate())
                .build();
    }

    /** A thumbnail, or whatever else was made of a photo and is a JPEG. */
    @GET
    @Path("{photo}/{file: thumbnail-[0-9]+\\.jpg}")
    @Produces("image/jpeg")
    public Response picture(@PathParam("photo") String photo, @PathParam("file") String file) {
        CacheControl forADay = new CacheControl();
        forADay.setMaxAge(DAY);
        forADay.setPrivate(true);
        return gallery.made(photo, file)
                .map(path -> Response.ok(path.toFile()).cacheControl(forADay).build())
                .orElseGet(() -> Response.status(Response.Status.NOT_FOUND).build());
    }

    /** All metadata of a photo. */
    @GET
    @Path("{photo}/metadata")
    @Produces(MediaType.APPLICATION_JSON)
    public Response metadata(@PathParam("photo") String photo) {
        return gallery.made(photo, "metadata.json")
                .map(path -> Response.ok(path.toFile()).build())
                .orElseGet(() -> Response.status(Response.Status.NOT_FOUND).build());
    }

    /** Forgets all photos and notices, and their dead jobs. */
    @DELETE
    @Produces(MediaType.APPLICATION_JSON)
    public Response clear() {
        gallery.clear();
        try {
            queues.discardAll();
            return Response.noContent().build();
        } catch (GooseException e) {
            return Problem.answer(
                    Response.Status.SERVICE_UNAVAILABLE, "the dead set was not emptied: " + e.getMessage());
        }
    }

    private static CacheControl revalidate() {
        CacheControl always = new CacheControl();
        always.setNoCache(true);
        return always;
    }
}
