package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.appserver.AppServer.Adapter;
import io.goose.it.appserver.AppServer.Adapter.Transactions;
import io.goose.it.server.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long after a start the server has ended what a crash has left, as it comes and with a recovery that is set to be soon. */
@Tag("bench")
abstract class XaRecoveryBench {

    /** Longer than any server takes that recovers at all. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final AppServer.Kind kind;

    XaRecoveryBench(AppServer.Kind kind) {
        this.kind = kind;
    }

    @ParameterizedTest
    @EnumSource(names = {"XA_AS_IT_COMES", "XA"})
    void aDecidedTransactionAndAnOrphan_areEnded(Transactions recovery) throws Exception {
        String name = getClass().getSimpleName() + "-" + recovery.name();
        try (XaServer server = new XaServer(name, kind, Archives.XA, Adapter.OF_THE_ARCHIVE, recovery)) {
            for (XaPoint point : new XaPoint[] {XaPoint.DECIDED, XaPoint.PREPARED}) {
                String key = server.key();
                Fault held = point.hold(server.proxy(), OutboundWork.ROW_FIRST.parts());
                var unanswered = OutboundWork.ROW_FIRST.begin(server, key);
                held.await(Harness.LIMIT);
                assertThat(unanswered).isNotDone();
                server.kill();

                server.startAgain();
                long started = System.nanoTime();
                while (server.branches() > 0 || server.prepared() > 0) {
                    assertThat(Duration.ofNanos(System.nanoTime() - started))
                            .as("recovery of %s", point)
                            .isLessThan(PATIENCE);
                    ServerProcess.pause();
                }
                System.out.printf(
                        "%s, %s: %s ended %.1f s after the start%n",
                        kind, recovery.name(), point, (System.nanoTime() - started) / 1e9);
                assertThat(server.rows(key)).hasSize(point.commits() ? 1 : 0);
            }
        }
    }
}
