package io.goose.it.monitor;

import jakarta.enterprise.concurrent.ManageableThread;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/** All live threads: number, name, class, whether a managed factory made it, its context class loader, its thread-locals and its stack. */
@Path("/threads")
public class ThreadResource {

    /** Lists them. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public JsonArray threads() {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            all.add(describe(entry.getKey(), entry.getValue()));
        }
        return all.build();
    }

    private static JsonObject describe(Thread thread, StackTraceElement[] stack) {
        JsonArrayBuilder frames = Json.createArrayBuilder();
        for (StackTraceElement frame : stack) {
            frames.add(frame.toString());
        }
        return Json.createObjectBuilder()
                .add("id", thread.getId())
                .add("name", thread.getName())
                .add("class", thread.getClass().getName())
                .add("managed", thread instanceof ManageableThread)
                .add("loader", String.valueOf(thread.getContextClassLoader()))
                .add("locals", Json.createArrayBuilder(ThreadLocals.of(thread)))
                .add("stack", frames)
                .build();
    }
}
