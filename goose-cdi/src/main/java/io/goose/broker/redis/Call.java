package io.goose.broker.redis;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;

/** One request: a script or a plain command, and what must follow it on the same connection. Immutable. */
final class Call {

    private final byte[] route;
    private final @Nullable Script script;
    private final List<byte[]> keys;
    private final List<byte[]> arguments;
    private final @Nullable ProtocolCommand command;
    private final boolean durable;
    private final boolean repeatable;

    private Call(
            byte[] route,
            @Nullable Script script,
            List<byte[]> keys,
            List<byte[]> arguments,
            @Nullable ProtocolCommand command,
            boolean durable,
            boolean repeatable) {
        this.route = route;
        this.script = script;
        this.keys = keys;
        this.arguments = arguments;
        this.command = command;
        this.durable = durable;
        this.repeatable = repeatable;
    }

    /** A call of a script that may be repeated if its answer was lost. */
    static Call script(Script script, QueueKeys queue, List<byte[]> keys, List<byte[]> arguments) {
        return new Call(queue.route(), script, keys, arguments, null, false, true);
    }

    /** A call of a script over keys that belong to no queue; the first decides where. */
    static Call script(Script script, List<byte[]> keys, List<byte[]> arguments) {
        return new Call(keys.get(0), script, keys, arguments, null, false, true);
    }

    /** A plain command that may be repeated if its answer was lost. */
    static Call command(byte[] route, ProtocolCommand command, byte[]... arguments) {
        return new Call(route, null, List.of(), List.of(arguments), command, false, true);
    }

    /** This call, for which a repetition would give another answer. */
    Call once() {
        return new Call(route, script, keys, arguments, command, durable, false);
    }

    /** This call, followed by its server's barrier, if it has one. */
    Call durably() {
        return new Call(route, script, keys, arguments, command, true, repeatable);
    }

    /** A key that says which node is asked. */
    byte[] route() {
        return route;
    }

    boolean isRepeatable() {
        return repeatable;
    }

    boolean isDurable() {
        return durable;
    }

    /**
     * What is written.
     *
     * @param withText whether a script travels whole, because the server does not know it
     */
    CommandArguments arguments(boolean withText) {
        if (script == null) {
            return add(new CommandArguments(Objects.requireNonNull(command, "command")), arguments);
        }
        CommandArguments all = withText
                ? new CommandArguments(Command.EVAL).add(script.text())
                : new CommandArguments(Command.EVALSHA).add(script.sha());
        all.add(keys.size());
        return add(add(all, keys), arguments);
    }

    private static CommandArguments add(CommandArguments all, List<byte[]> more) {
        for (byte[] one : more) {
            all.add(one);
        }
        return all;
    }
}
