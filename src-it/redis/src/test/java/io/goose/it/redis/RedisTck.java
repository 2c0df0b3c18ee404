package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.RedisServer;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;

/**
 * The servers of a set-up, each broker with a namespace of its own, and what the contracts must not have made the servers do.
 */
record RedisTck(RedisSetUp setUp) implements TckSetUp {

    /** Commands that take as long as the keyspace is large. */
    static final String[] SCANS = {
        "cmdstat_scan:", "cmdstat_keys:", "cmdstat_sscan:", "cmdstat_hscan:", "cmdstat_zscan:", "cmdstat_randomkey:"
    };

    @Override
    public BrokerUnderTest broker() {
        return setUp.broker();
    }

    /** R9: nothing scans the keyspace or a collection, whatever was done. Commands that scripts run are counted too. */
    @Override
    public void close() throws Exception {
        try (setUp) {
            for (RedisServer server : setUp.servers()) {
                assertThat(String.valueOf(server.call("INFO", "commandstats")))
                        .as("what the contracts made the server at port %d do", server.port())
                        .contains("cmdstat_evalsha:")
                        .doesNotContain(SCANS);
            }
        }
    }
}
