package io.goose.engine;

import io.goose.engine.handler.DeclaredLimit;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.limit.LimitSetter;
import io.goose.engine.worker.SideLoop;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.util.List;
import java.util.stream.Stream;

/** The limits that are declared for a broker: by the configuration and by annotations. Immutable. */
final class EngineLimits {

    private final String name;
    private final Broker broker;
    private final List<DeclaredLimit> declared;

    EngineLimits(String name, Broker broker, JobCatalogue catalogue, List<DeclaredLimit> configured) {
        this.name = name;
        this.broker = broker;
        // What the configuration says of a scope goes before what an annotation says: an operator can change it.
        Stream<DeclaredLimit> others = catalogue.limits().stream().filter(limit -> configured.stream()
                .noneMatch(
                        one -> one.queue().equals(limit.queue()) && one.scope().equals(limit.scope())));
        this.declared = Stream.concat(configured.stream(), others).toList();
    }

    /** What is wrong if limits are declared and the broker keeps none; a message for each. */
    List<String> lacking() {
        if (broker.capabilities().contains(Capability.LIMITS)) {
            return List.of();
        }
        return declared.stream()
                .map(limit -> "GOOSE-2292: " + limit.where() + " limits " + limit.scope() + " of queue '"
                        + limit.queue()
                        + "', but broker '" + name + "' keeps no limits (LIMITS); use Redis or JDBC without a message"
                        + " broker before it, or remove the limit")
                .toList();
    }

    /** Sets them beside the worker's jobs. */
    List<SideLoop> beside() {
        return declared.isEmpty() ? List.of() : List.of(new LimitSetter(broker::limits, declared));
    }
}
