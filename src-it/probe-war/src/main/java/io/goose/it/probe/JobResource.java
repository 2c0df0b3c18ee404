package io.goose.it.probe;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import io.goose.it.observe.Surroundings;
import io.goose.job.JobId;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.IntStream;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Enqueues jobs from a REST resource with an injected client. */
@Path("/jobs")
public class JobResource {

    @Inject
    GooseClient goose;

    @Inject
    @GooseBroker("main")
    GooseClient named;

    @Inject
    @GooseBroker("reports")
    GooseClient reports;

    @Inject
    QueueAdmin queues;

    @Inject
    InjectedBean bean;

    @Inject
    InjectedEjb ejb;

    @Inject
    LoadJobs load;

    /** Enqueues through the client injected into a bean of this kind. */
    @POST
    @Path("/injected/{into}/{key}")
    public String injected(@PathParam("into") String into, @PathParam("key") String key) {
        JobId id =
                switch (into) {
                    case "rest" -> goose.performAsync(ContextJobs::look, key);
                    case "named" -> named.performAsync(ContextJobs::look, key);
                    case "reports" -> reports.with(o -> o.queue("reports")).performAsync(ContextJobs::look, key);
                    case "bean" -> bean.enqueue(key);
                    case "ejb" -> ejb.enqueue(key);
                    default -> throw new IllegalArgumentException(into);
                };
        return id.toString();
    }

    /** Enqueues the job of this name. */
    @POST
    @Path("/context/{job}/{key}")
    public String context(@PathParam("job") String job, @PathParam("key") String key) {
        JobId id =
                switch (job) {
                    case "cdi" -> goose.performAsync(ContextJobs::look, key);
                    case "twice" -> goose.performAsync(ContextJobs::lookTwice, key);
                    case "typed" -> goose.performAsync(ContextJobs::typed, key, new Parcel("köln", Parcel.Size.LARGE));
                    case "dependent" -> goose.performAsync(DependentJobs::look, key);
                    case "ejb" -> goose.performAsync(EjbJobs::look, key);
                    case "insert" -> goose.performAsync(EjbJobs::insert, key);
                    case "singleton" -> goose.performAsync(SingletonJobs::look, key);
                    case "local" -> goose.performAsync(LocalView::look, key);
                    case "writeLocked" -> goose.performAsync(WriteLockedJobs::look, key);
                    case "guarded" -> goose.performAsync(GuardedEjb::guarded, key);
                    case "open" -> goose.performAsync(GuardedEjb::open, key);
                    case "logs" -> goose.performAsync(ContextJobs::log, key);
                    case "long" -> goose.performAsync(LongJobs::work, key);
                    case "longEjb" -> goose.performAsync(LongEjb::work, key);
                    default -> throw new IllegalArgumentException(job);
                };
        return id.toString();
    }

    /** Enqueues {@code count} jobs named {@code <key>/<i>}, the first due after {@code millis}, then one each {@code step}. */
    @POST
    @Path("/later/{key}")
    public String later(
            @PathParam("key") String key,
            @QueryParam("count") int count,
            @QueryParam("millis") long millis,
            @QueryParam("step") long step,
            @QueryParam("queue") @DefaultValue("default") String queue) {
        GooseClient client = goose.with(o -> o.queue(queue));
        IntStream.range(0, count)
                .forEach(i -> client.performIn(Duration.ofMillis(millis + i * step), ContextJobs::look, key + "/" + i));
        return "ok";
    }

    /** Pauses or resumes a queue. */
    @POST
    @Path("/queue/{queue}/{action}")
    public String queue(@PathParam("queue") String queue, @PathParam("action") String action) {
        switch (action) {
            case "pause" -> queues.pause(queue);
            case "resume" -> queues.resume(queue);
            default -> throw new IllegalArgumentException(action);
        }
        return "ok";
    }

    /** Enqueues {@code count} short jobs. */
    @POST
    @Path("/load")
    public String load(@QueryParam("count") int count) {
        IntStream.range(0, count).forEach(i -> goose.performAsync(LoadJobs::tick, i));
        return "ok";
    }

    /** How many of the short jobs ran. */
    @GET
    @Path("/load")
    public String loaded() {
        return Integer.toString(load.ticks());
    }

    /** Makes the table that {@link EjbJobs#insert} fills. */
    @POST
    @Path("/table")
    public String table() throws SQLException, NamingException {
        try (Connection connection = source().getConnection();
                Statement ddl = connection.createStatement()) {
            ddl.executeUpdate("CREATE TABLE IF NOT EXISTS goose_probe (name VARCHAR(200), attempt INT)");
        }
        return "ok";
    }

    /** The attempts whose row was committed, in order, separated by commas. */
    @GET
    @Path("/table/{name}")
    public String rows(@PathParam("name") String name) throws SQLException, NamingException {
        StringBuilder attempts = new StringBuilder();
        try (Connection connection = source().getConnection();
                var query = connection.prepareStatement(
                        "SELECT attempt FROM goose_probe WHERE name = ? ORDER BY attempt")) {
            query.setString(1, name);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    attempts.append(attempts.isEmpty() ? "" : ",").append(rows.getInt(1));
                }
            }
        }
        return attempts.toString();
    }

    private static DataSource source() throws NamingException {
        return (DataSource) Surroundings.lookup("java:comp/DefaultDataSource");
    }
}
