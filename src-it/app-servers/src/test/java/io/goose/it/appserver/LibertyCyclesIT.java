package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyCyclesIT extends CyclesContract {

    LibertyCyclesIT() {
        super(AppServer.Kind.LIBERTY_EE10, "com.ibm.ws.classloading.internal.");
    }
}
