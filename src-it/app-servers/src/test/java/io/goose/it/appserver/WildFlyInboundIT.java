package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("matrix")
final class WildFlyInboundIT extends InboundContract {

    WildFlyInboundIT() {
        super(AppServer.Kind.WILDFLY);
    }

    @Test
    void aSuspension_takesTheBeanFromTheAdapter_andItsJobsGoBackWithoutAnAttempt() throws IOException {
        WildFlyServer server = (WildFlyServer) harness().server();
        String held = harness().key();
        String later = harness().key();
        try (Harness.Application application = deploy()) {
            perform("hold", held);
            harness().records().await(held);
            perform("soon", later);

            server.suspend();
            harness().records().await(held, 2);
            harness().finish(held);
            server.resume();

            harness().records().await(held, 3);
            harness().records().await(later);
            awaitNoJobs();
        }
        assertThat(harness().records().now(held))
                .extracting(record -> record.getString("what") + record.getInt("attempt"))
                .containsExactly("begun1", "interrupted1", "begun1");
        assertThat(harness().records().now(later))
                .extracting(record -> record.getInt("attempt"))
                .containsExactly(1);
    }
}
