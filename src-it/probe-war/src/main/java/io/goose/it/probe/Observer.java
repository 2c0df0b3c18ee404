package io.goose.it.probe;

import io.goose.JobRun;
import io.goose.Workers;
import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;

/** Records what a job sees: its surroundings, its run, its request, an EJB and the transaction. */
@ApplicationScoped
public class Observer {

    @Inject
    JobRun run;

    @Inject
    Workers workers;

    @Inject
    RequestMark request;

    @Inject
    Greeter greeter;

    /** Looks around. */
    public JsonObjectBuilder look(String key) {
        return Surroundings.look(key, Observer.class)
                .add("run", Surroundings.attempt(() -> run.id().toString()))
                .add("attempt", Surroundings.attempt(() -> run.attempt()))
                .add("retriesLeft", Surroundings.attempt(() -> run.retriesLeft()))
                .add("workersRun", workers.isRunning())
                .add("queue", Surroundings.attempt(() -> run.queue()))
                .add("handler", Surroundings.attempt(() -> run.handler()))
                .add("request", Surroundings.attempt(() -> request.number()))
                .add("requestAgain", Surroundings.attempt(() -> request.number()))
                .add("ejb", Surroundings.attempt(() -> greeter.greet("job")))
                .add("ejbByName", Surroundings.attempt(() -> ((Greeter) Surroundings.lookup("java:module/Greeter"))
                        .greet("name")))
                .add("transaction", Surroundings.attempt(Observer::transaction));
    }

    /** Looks around and writes it down. */
    public void record(String key) {
        Records.write(look(key).build());
    }

    private static String transaction() throws Exception {
        TransactionSynchronizationRegistry registry = (TransactionSynchronizationRegistry)
                Surroundings.lookup("java:comp/TransactionSynchronizationRegistry");
        return registry.getTransactionStatus() == Status.STATUS_ACTIVE ? "active" : "none";
    }
}
