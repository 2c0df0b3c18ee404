package io.goose.it.redis;

/** Lost replies of a standalone Redis 7.0. */
final class LostRepliesIT extends LostReplies {

    @Override
    void startServers() {
        standalone("7.0");
    }
}
