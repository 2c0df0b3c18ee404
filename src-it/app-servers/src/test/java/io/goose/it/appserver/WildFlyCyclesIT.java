package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class WildFlyCyclesIT extends CyclesContract {

    WildFlyCyclesIT() {
        super(AppServer.Kind.WILDFLY, "org.jboss.modules.ModuleClassLoader");
    }
}
