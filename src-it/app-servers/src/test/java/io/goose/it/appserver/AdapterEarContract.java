package io.goose.it.appserver;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** An EAR with the resource adapter in it; a message-driven bean runs the jobs of one of its modules. */
abstract class AdapterEarContract extends AdapterContract implements BeanTests {

    AdapterEarContract(AppServer.Kind kind) {
        super(kind, Layout.EAR_WITH_ADAPTER);
    }

    @Override
    int applications() {
        return 3;
    }

    @Test
    void aBeanBesideItsAdapter_runsTheJobsOfItsModule() throws IOException {
        theBeanRunsTheJobsOfItsModule();
    }
}
