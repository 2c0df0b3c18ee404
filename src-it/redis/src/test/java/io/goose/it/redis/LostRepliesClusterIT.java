package io.goose.it.redis;

import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Lost replies of a cluster of three primaries. */
@Tag("matrix")
final class LostRepliesClusterIT extends LostReplies {

    @Override
    void startServers() throws IOException {
        cluster();
    }
}
