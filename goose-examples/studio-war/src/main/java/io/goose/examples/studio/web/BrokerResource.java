package io.goose.examples.studio.web;

import io.goose.GooseException;
import io.goose.admin.QueueStats;
import io.goose.examples.studio.work.StudioQueues;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.function.Supplier;

/** What the broker holds of the studio's jobs. Answers 503 while it cannot be reached. */
@Path("broker")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class BrokerResource {

    /** The broker at one moment. */
    public record View(List<QueueStats> queues, List<StudioQueues.Due> due, List<StudioQueues.Dead> dead) {}

    @Inject
    StudioQueues queues;

    @Inject
    Jsonb json;

    /** The sizes of the queues, the notices that are due and the dead jobs. */
    @GET
    public Response look() {
        return answer(() -> Response.ok(json.toJson(new View(queues.sizes(), queues.due(), queues.dead())))
                .build());
    }

    /** Sends a dead job anew. */
    @POST
    @Path("dead/{job}")
    public Response replay(@PathParam("job") String job) {
        return answer(() -> found(queues.replay(job)));
    }

    /** Forgets a dead job. */
    @DELETE
    @Path("dead/{job}")
    public Response discard(@PathParam("job") String job) {
        return answer(() -> found(queues.discard(job)));
    }

    private static Response found(boolean wasThere) {
        return wasThere
                ? Response.noContent().build()
                : Problem.answer(Status.NOT_FOUND, "this job is not in the dead set");
    }

    private static Response answer(Supplier<Response> asked) {
        try {
            return asked.get();
        } catch (GooseException e) {
            return Problem.answer(Status.SERVICE_UNAVAILABLE, "the broker does not answer: " + e.getMessage());
        }
    }
}
