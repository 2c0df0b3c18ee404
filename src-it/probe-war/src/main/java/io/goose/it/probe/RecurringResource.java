package io.goose.it.probe;

import io.goose.CronEntry;
import io.goose.GooseClient;
import io.goose.admin.CronAdmin;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Registers recurring jobs and looks at them. */
@Path("/recurring")
public class RecurringResource {

    @Inject
    GooseClient goose;

    @Inject
    CronAdmin crons;

    /** Looks around every second. */
    @POST
    @Path("/every/{key}")
    public String every(@PathParam("key") String key) {
        return goose.performEvery(CronEntry.named(key).schedule("* * * * * *"), ContextJobs::look, key)
                .schedule();
    }

    /** Ends that; whether it was there. */
    @POST
    @Path("/end/{key}")
    public String end(@PathParam("key") String key) {
        return Boolean.toString(crons.delete(key));
    }

    /** The schedule and the zone of an entry; empty if there is none. */
    @GET
    @Path("/entry/{name}")
    public String entry(@PathParam("name") String name) {
        return crons.find(name)
                .map(cron -> cron.entry().schedule() + " in " + cron.entry().zone())
                .orElse("");
    }
}
