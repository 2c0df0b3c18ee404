package io.goose.it.inbound;

import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.json.Json;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import javax.naming.NamingException;

/** Uses the adapter's pool, as any client of Jakarta Connectors may. */
@Path("/pool")
public class PoolResource {

    /** Takes a connection, and holds it until it has been told to end. */
    @POST
    @Path("/hold/{key}")
    public String hold(@PathParam("key") String key) throws NamingException, ResourceException, InterruptedException {
        Connection connection = connection();
        try {
            Records.write(Json.createObjectBuilder()
                    .add("key", key)
                    .add("what", "held")
                    .build());
            while (!Files.exists(Records.finishMark(key))) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } finally {
            connection.close();
        }
        return "held";
    }

    /** Takes a connection and gives it back; answers what the container says, and why, if it has none. */
    @POST
    @Path("/take")
    public String take() throws NamingException {
        try {
            connection().close();
            return "taken";
        } catch (ResourceException refused) {
            return refused + ", " + refused.getCause();
        }
    }

    private static Connection connection() throws NamingException, ResourceException {
        return ((ConnectionFactory) Surroundings.lookup("eis/measured")).getConnection();
    }
}
