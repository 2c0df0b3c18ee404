package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What servers throw that is no SQLException. */
final class NoticeListenerTest {

    @Test
    void anUncheckedException_isSaid_andListeningIsTriedAgain() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(2);
        DataSource broken = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    asked.countDown();
                    throw new IllegalStateException("the pool is being redeployed");
                });
        NoticeListener listener = new NoticeListener(broken, "goose_test", queue -> {});
        Thread thread = JdbcUnderTest.daemon("listener", listener);
        try (LogCapture log = LogCapture.open()) {
            thread.start();
            Eventually.await(asked);

            assertThat(log.count("GOOSE-3052")).isEqualTo(1); // once for the whole outage
            assertThat(log.messages()).anyMatch(message -> message.contains("listening is tried again"));
        } finally {
            listener.stop();
        }
        thread.join();
    }
}
