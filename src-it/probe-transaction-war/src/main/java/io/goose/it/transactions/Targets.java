package io.goose.it.transactions;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import io.goose.it.observe.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** The brokers by name, and the server's data sources by the names that the tests gave them. */
@ApplicationScoped
public class Targets {

    private static final String PREFIX = System.getenv("IT_DATA_SOURCES");

    @Inject
    GooseClient main;

    @Inject
    QueueAdmin ofMain;

    @Inject
    @GooseBroker("xa")
    GooseClient xa;

    @Inject
    @GooseBroker("xa")
    QueueAdmin ofXa;

    @Inject
    @GooseBroker("boxed")
    GooseClient boxed;

    @Inject
    @GooseBroker("boxed")
    QueueAdmin ofBoxed;

    @Inject
    @GooseBroker("late")
    GooseClient late;

    @Inject
    @GooseBroker("late")
    QueueAdmin ofLate;

    /** A broker, and the application's rows in the data source that goes with it. */
    Target target(String broker) throws NamingException {
        return target(broker, broker.equals("xa") ? "xa" : "plain");
    }

    /** A broker, and the application's rows in any data source. */
    Target target(String broker, String data) throws NamingException {
        return switch (broker) {
            case "main" -> new Target(main, ofMain, source(data));
            case "xa" -> new Target(xa, ofXa, source(data));
            case "boxed" -> new Target(boxed, ofBoxed, source(data));
            case "late" -> new Target(late, ofLate, source(data));
            default -> throw new IllegalArgumentException(broker);
        };
    }

    static DataSource source(String name) throws NamingException {
        return (DataSource) Surroundings.lookup(PREFIX + name);
    }
}
