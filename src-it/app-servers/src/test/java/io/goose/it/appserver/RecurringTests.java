package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Jobs that recur, by their annotation and by a call. */
interface RecurringTests extends Topic {

    @Test
    default void aMethodWithCron_isRegisteredAtTheStart() throws IOException {
        long end = System.nanoTime() + Harness.LIMIT.toNanos();
        while (harness().get("/probe/api/recurring/entry/yearly").isEmpty() && System.nanoTime() < end) {
            ServerProcess.pause();
        }
        assertThat(harness().get("/probe/api/recurring/entry/yearly")).isEqualTo("0 0 29 2 * in Europe/Paris");
    }

    @Test
    default void aRecurringJob_runsAtEachTickUntilItIsDeleted() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/recurring/every/" + key);
        harness().records().await(key, 2);

        assertThat(harness().post("/probe/api/recurring/end/" + key)).isEqualTo("true");
        assertThat(harness().get("/probe/api/recurring/entry/" + key)).isEmpty();
    }
}
