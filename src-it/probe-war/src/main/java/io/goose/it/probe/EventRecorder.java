package io.goose.it.probe;

import io.goose.event.BatchCompleted;
import io.goose.event.BrokerLost;
import io.goose.event.BrokerRegained;
import io.goose.event.JobDied;
import io.goose.event.JobEnqueued;
import io.goose.event.JobFailed;
import io.goose.event.JobRescued;
import io.goose.event.JobStarted;
import io.goose.event.JobSucceeded;
import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;

/** Records the events of the watched jobs under {@code event/<id>}, and those of brokers under {@code event/broker}. */
@ApplicationScoped
public class EventRecorder {

    private static final String WATCHED = WatchedJobs.class.getName() + "#";

    @Inject
    RequestMark request;

    void enqueued(@ObservesAsync JobEnqueued event) {
        if (event.handler().startsWith(WATCHED)) {
            record("JobEnqueued", event.id().toString(), "enqueued in " + event.queue());
        }
    }

    void started(@ObservesAsync JobStarted event) {
        if (event.handler().startsWith(WATCHED)) {
            record("JobStarted", event.id().toString(), "run " + event.attempt());
        }
    }

    void succeeded(@ObservesAsync JobSucceeded event) {
        if (event.handler().startsWith(WATCHED)) {
            record("JobSucceeded", event.id().toString(), "run " + event.attempt());
        }
    }

    void failed(@ObservesAsync JobFailed event) {
        if (event.handler().startsWith(WATCHED)) {
            record(
                    "JobFailed",
                    event.id().toString(),
                    event.failure().getClass().getName());
            throw new IllegalStateException("an observer that fails");
        }
    }

    void died(@ObservesAsync JobDied event) {
        if (event.handler().filter(handler -> handler.startsWith(WATCHED)).isPresent()) {
            record("JobDied", event.id().toString(), String.valueOf(event.failure()));
        }
    }

    void rescued(@ObservesAsync JobRescued event) {
        record("JobRescued", event.id().toString(), event.broker());
    }

    void completed(@ObservesAsync BatchCompleted event) {
        record(
                "BatchCompleted",
                event.status().id().toString(),
                event.status().state().toString());
    }

    void lost(@ObservesAsync BrokerLost event) {
        record("BrokerLost", "broker", event.broker());
    }

    void regained(@ObservesAsync BrokerRegained event) {
        record("BrokerRegained", "broker", event.broker());
    }

    private void record(String type, String id, String what) {
        JsonObjectBuilder seen = Surroundings.look("event/" + id, EventRecorder.class)
                .add("type", type)
                .add("what", what)
                .add("request", Surroundings.attempt(() -> request.number()));
        Records.write(seen.build());
    }
}
