package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** Lost replies of the oldest Redis that is supported. */
@Tag("matrix")
final class LostRepliesOldestIT extends LostReplies {

    @Override
    void startServers() {
        standalone("6.2");
    }
}
