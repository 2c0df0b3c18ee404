package io.goose.examples.studio.web;

import io.goose.GooseException;
import io.goose.examples.studio.StudioSettings;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.work.Intake;
import io.goose.examples.studio.work.Samples;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Brings photos in. */
@Path("shoots")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ShootResource {

    private static final int MAX_NAME = 100;

    /** The answer to an opened shoot; {@code maxUpload} is the largest file that is taken, in bytes. */
    public record Opened(String id, int maxUpload) {}

    @Inject
    Intake intake;

    @Inject
    Samples samples;

    @Inject
    StudioSettings settings;

    @Inject
    Jsonb json;

    /** Opens a shoot. */
    @POST
    public Response open() {
        return Response.ok(json.toJson(new Opened(intake.openShoot(), settings.maxUpload())))
                .build();
    }

    /** Takes one photo: the body is the file, whatever its type is said to be. */
    @POST
    @Path("{shoot}/photos")
    @Consumes(MediaType.WILDCARD)
    public Response take(
            @PathParam("shoot") String shoot,
            @QueryParam("name") @Nullable String name,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @DefaultValue("0") long length,
            InputStream body)
            throws IOException {
        if (!Intake.isShoot(shoot)) {
            return Problem.answer(Status.NOT_FOUND, "there is no such shoot");
        }
        // A length that is announced spares the reading; WildFly would end it with an error of its own.
        byte[] content = length > settings.maxUpload() ? new byte[0] : body.readNBytes(settings.maxUpload() + 1);
        if (Math.max(length, content.length) > settings.maxUpload()) {
            return Problem.answer(
                    Status.REQUEST_ENTITY_TOO_LARGE,
                    "the file is larger than studio.max-upload=" + settings.maxUpload() + " bytes");
        }
        if (content.length == 0) {
            return Problem.answer(Status.BAD_REQUEST, "the file is empty");
        }
        try {
            Photo photo = intake.take(shoot, display(name), new ByteArrayInputStream(content));
            return Response.status(Status.CREATED).entity(json.toJson(photo)).build();
        } catch (GooseException e) {
            return Problem.answer(Status.SERVICE_UNAVAILABLE, "the photo was not taken: " + e.getMessage());
        }
    }

    /** Ends a shoot; its notice comes when its photos are finished. */
    @POST
    @Path("{shoot}/end")
    public Response close(@PathParam("shoot") String shoot) {
        if (!Intake.isShoot(shoot)) {
            return Problem.answer(Status.NOT_FOUND, "there is no such shoot");
        }
        try {
            intake.closeShoot(shoot);
            return Response.noContent().build();
        } catch (GooseException e) {
            return Problem.answer(Status.SERVICE_UNAVAILABLE, "there will be no notice: " + e.getMessage());
        }
    }

    /** Takes in the sample photographs. */
    @POST
    @Path("samples")
    public Response samples(@Context ServletContext application) throws IOException {
        try {
            samples.load(application);
            return Response.noContent().build();
        } catch (GooseException e) {
            return Problem.answer(Status.SERVICE_UNAVAILABLE, "the samples were not taken: " + e.getMessage());
        }
    }

    private static String display(@Nullable String name) {
        String shown = name == null || name.isBlank() ? "unnamed" : name.strip();
        return shown.length() <= MAX_NAME ? shown : shown.substring(0, MAX_NAME);
    }
}
