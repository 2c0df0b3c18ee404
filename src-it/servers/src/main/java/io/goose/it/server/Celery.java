package io.goose.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A Python that has Celery, a peer in the benchmark: on the PATH, or by apt under the conditions of {@link Redis}.
 *
 * @param interpreter the program {@code python3}
 * @param version that of Celery, at least 5
 */
public record Celery(Path interpreter, Version version) {

    private static final Version LEAST = new Version(5, 0, 0);
    private static final String PACKAGE = "python3-celery";

    /**
     * Finds one.
     *
     * @throws ServerUnavailableException if there is none; the message says what would mend it
     */
    public static Celery require() {
        return onPath().or(Celery::byApt)
                .orElseThrow(() -> new ServerUnavailableException(
                        "Celery 5 or later is needed and was not found. Any of these mends it: a python3 on the PATH that can import"
                                + " celery; on Debian or Ubuntu, as root, add -D" + Apt.PROPERTY + "=apt"));
    }

    private static Optional<Celery> onPath() {
        for (Path python : Commands.allOnPath("python3")) {
            Commands.Result asked = Commands.run(python.toString(), "-c", "import celery; print(celery.__version__)");
            if (asked.succeeded()) {
                Version version = Version.parse(asked.output());
                if (version.atLeast(LEAST)) {
                    return Optional.of(new Celery(python, version));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Celery> byApt() {
        return Apt.install(PACKAGE, version -> version.atLeast(LEAST)).isPresent() ? Optional.empty() : onPath();
    }

    /** Starts a program, which is read from {@code script}; its errors are with its output. */
    public Process run(URL script, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), "-W", "ignore", "-"));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream source = script.openStream();
                OutputStream stdin = process.getOutputStream()) {
            source.transferTo(stdin);
        }
        return process;
    }
}
