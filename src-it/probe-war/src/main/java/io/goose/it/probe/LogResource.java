package io.goose.it.probe;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.slf4j.LoggerFactory;

/** Logs as Jedis does. */
@Path("/log")
public class LogResource {

    /** Warns with this text. */
    @POST
    @Path("/{text}")
    public String warn(@PathParam("text") String text) {
        LoggerFactory.getLogger("redis.clients.jedis.Connection").warn("probe says {}", text);
        return "ok";
    }
}
