package io.goose.it.xa;

import io.goose.it.observe.QueueResource;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Works in transactions, and shows what is left to do. */
@Path("/")
public class XaResource extends QueueResource {

    @Inject
    CdiUnit cdi;

    @Inject
    EjbUnit ejb;

    /** Does what is asked for in one transaction; answers what was thrown, with its causes, one a line. */
    @POST
    @Path("work/{unit}/{what}/{end}/{key}")
    public String work(
            @PathParam("unit") String unit,
            @PathParam("what") String what,
            @PathParam("end") String end,
            @PathParam("key") String key) {
        try {
            switch (unit) {
                case "cdi" -> cdi.run(what, end, key);
                case "ejb" -> ejb.run(what, end, key);
                default -> throw new IllegalArgumentException(unit);
            }
            return "";
        } catch (Exception thrown) {
            StringBuilder all = new StringBuilder();
            for (Throwable each = thrown; each != null; each = each.getCause()) {
                all.append(each).append('\n');
            }
            return all.toString();
        }
    }
}
