package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a server that refuses to run as root: as root it runs as nobody, in a directory that nobody can reach, which a build
 * in root's home would not be; everybody else runs it as he is.
 */
final class Unprivileged {

    private static final String NOBODY = "nobody";

    private Unprivileged() {}

    private static boolean isRoot() {
        return "0".equals(Commands.run("id", "-u").output());
    }

    /** A new directory that belongs to whoever will run the server. */
    static Path home(String name) {
        if (!isRoot()) {
            return WorkDirectory.fresh(name);
        }
        try {
            Path home = Files.createTempDirectory("goose-it-" + name + "-");
            own(home);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a directory, and what is in it, to whoever will run the server. */
    static void own(Path directory) {
        if (isRoot()) {
            run(List.of("chown", "-R", NOBODY + ":", directory.toString()));
        }
    }

    /** The command as it is to be called here. It ends with this JVM: a change of user makes a process forget who it was tied to. */
    static List<String> command(List<String> command) {
        if (!isRoot()) {
            return command;
        }
        if (Commands.onPath("setpriv").isEmpty()) {
            throw new ServerUnavailableException(
                    command.get(0) + " does not run as root, and there is no setpriv to run it as " + NOBODY
                            + "; run the build as another user, or install util-linux");
        }
        List<String> wrapped = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + Commands.run("id", "-g", NOBODY).output(),
                "--clear-groups",
                "--pdeathsig=KILL"));
        wrapped.addAll(command);
        return wrapped;
    }

    /** Runs a command to its end as whoever will run the server; what it wrote. */
    static String runAs(List<String> command) {
        return run(command(command));
    }

    static String run(List<String> command) {
        Commands.Result result = Commands.run(command.toArray(String[]::new));
        if (!result.succeeded()) {
            throw new ServerUnavailableException(
                    command + " failed with exit code " + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }
}
