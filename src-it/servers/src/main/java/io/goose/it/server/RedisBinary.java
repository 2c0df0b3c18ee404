package io.goose.it.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code redis-server} executable on this machine.
 *
 * @param executable the file
 * @param version what it says of itself
 */
record RedisBinary(Path executable, Version version) implements RedisProgram {

    /** Asks {@code executable} for its version; empty if it cannot be run here. */
    static Optional<RedisBinary> probe(Path executable) {
        Commands.Result result = Commands.run(executable.toString(), "--version");
        return result.succeeded()
                ? Version.find("v=", result.output()).map(version -> new RedisBinary(executable, version))
                : Optional.empty();
    }

    @Override
    public String homeSeenByServer(Path home) {
        return home.toString();
    }

    @Override
    public List<String> bindDirectives(Networking networking) {
        return List.of("bind 127.0.0.1");
    }

    @Override
    public ServerControl prepare(Path home, int port, Networking networking, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                executable.toString(), home.resolve(RedisConfiguration.FILE).toString()));
        command.addAll(arguments);
        return new ChildProcess(command, home, home.resolve("server.log"));
    }
}
