package io.goose.broker.redis;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * What follows a call on its connection and waits until what the call wrote is durable.
 *
 * @param command the command that waits
 * @param least what it must have reached
 * @param timeoutMillis how long it waits
 */
record Barrier(Command command, int least, long timeoutMillis) {

    /** Waits for replicas. */
    static Barrier replicas(int least, long timeoutMillis) {
        return new Barrier(Command.WAIT, least, timeoutMillis);
    }

    /** Waits for the primary's disk. */
    static Barrier disk(long timeoutMillis) {
        return new Barrier(Command.WAITAOF, 1, timeoutMillis);
    }

    CommandArguments arguments() {
        CommandArguments arguments = new CommandArguments(command).add(least);
        if (command == Command.WAITAOF) {
            arguments.add(0); // replicas
        }
        return arguments.add(timeoutMillis);
    }

    /** What is missing by the command's reply; null if nothing is. */
    @Nullable String shortfall(@Nullable Object reply) {
        Object reached = reply instanceof List<?> list && !list.isEmpty() ? list.get(0) : reply;
        if (reached instanceof Long number && number >= least) {
            return null;
        }
        return "the wished durability was not reached in time (the server reached "
                + (reply instanceof List<?> list ? Arrays.toString(list.toArray()) : reply) + ")";
    }
}
