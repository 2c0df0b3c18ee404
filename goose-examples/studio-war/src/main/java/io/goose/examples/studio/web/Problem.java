package io.goose.examples.studio.web;

import jakarta.json.Json;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;

/** An answer that tells what is wrong: {@code {"message": …}}. The page shows it. */
final class Problem {

    private Problem() {}

    static Response answer(Status status, String message) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .entity(Json.createObjectBuilder()
                        .add("message", message)
                        .build()
                        .toString())
                .build();
    }
}
