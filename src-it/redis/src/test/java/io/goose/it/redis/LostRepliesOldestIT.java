package io.goose.it.redis;

/** Lost replies of the oldest Redis that is supported. */
final class LostRepliesOldestIT extends LostReplies {

    @Override
    void startServers() {
        standalone("6.2");
    }
}
