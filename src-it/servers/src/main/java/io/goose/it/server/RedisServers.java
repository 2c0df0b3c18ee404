package io.goose.it.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Several servers at once. */
final class RedisServers {

    private RedisServers() {}

    /** Closes every one of them, also when one cannot be closed; the first failure is thrown in the end. */
    static void closeAll(Collection<RedisServer> servers) {
        List<RuntimeException> failures = new ArrayList<>();
        for (RedisServer server : servers) {
            try {
                server.close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }
}
