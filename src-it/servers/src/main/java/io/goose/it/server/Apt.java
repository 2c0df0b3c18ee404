package io.goose.it.server;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Installs packages on Debian and Ubuntu, only if the build was called with {@code -Dit.install=apt} and only as root. It says
 * so first, changes no package that is installed already, and leaves no service running or enabled: a test starts its own.
 */
final class Apt {

    /** The system property that allows it. */
    static final String PROPERTY = "it.install";

    private static final String UPDATE = "apt-get -q -o DPkg::Lock::Timeout=300 update";

    /**
     * policy-rc.d is Debian's own way to keep packages from starting their services; a file of the administrator is kept. On
     * systemd the unit would come up with the next boot, hence the disable.
     */
    private static final String INSTALL = """
            set -e
            policy=/usr/sbin/policy-rc.d
            if [ ! -e "$policy" ]; then
                trap 'rm -f "$policy"' EXIT
                trap 'exit 130' INT TERM
                printf '#!/bin/sh\\nexit 101\\n' > "$policy"
                chmod 755 "$policy"
            fi
            export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
            apt-get -q -y -o DPkg::Lock::Timeout=300 install "$1"
            if [ -d /run/systemd/system ] && systemctl -q is-enabled "$1" 2>/dev/null; then
                systemctl disable --now "$1"
            fi
            """;

    private static final Pattern CANDIDATE = Pattern.compile("Candidate: (?:\\d+:)?([\\d.]+)");

    private Apt() {}

    /**
     * Installs {@code packageName} if the packages' source has it in a version that is {@code wanted}.
     *
     * @return why it was not installed and what would change that; empty if it was
     * @throws ServerUnavailableException if apt was called and failed
     */
    static Optional<String> install(String packageName, Predicate<Version> wanted) {
        if (!Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            return Optional.of("this system has no apt-get");
        }
        if (!"apt".equals(System.getProperty(PROPERTY))) {
            return Optional.of("not allowed; on Debian or Ubuntu, as root, add -D" + PROPERTY + "=apt");
        }
        if (!"0".equals(Commands.run("id", "-u").output())) {
            return Optional.of("it needs root");
        }
        if (Commands.run("dpkg", "-s", packageName).succeeded()) {
            return Optional.of(packageName + " is installed already, and is not replaced");
        }
        return alone(() -> {
            if (Commands.run("dpkg", "-s", packageName).succeeded()) {
                return Optional.empty(); // by another process, for which this one has waited
            }
            return installMissing(packageName, wanted);
        });
    }

    /** Tests in several processes may want packages at the same time; a lock on a file is between processes only. */
    private static synchronized Optional<String> alone(Supplier<Optional<String>> work) {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "goose-it-apt.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.lock();
            try {
                return work.get();
            } finally {
                lock.release();
            }
        } catch (IOException e) {
            throw new ServerUnavailableException("cannot lock " + file, e);
        }
    }

    private static Optional<String> installMissing(String packageName, Predicate<Version> wanted) {
        System.out.println("-D" + PROPERTY + "=apt is set and " + packageName
                + " is missing: running apt-get update and apt-get install " + packageName
                + "; no service will be left running");
        runAloud("sh", "-c", UPDATE);
        Optional<Version> candidate = candidate(packageName);
        if (candidate.filter(wanted).isEmpty()) {
            return Optional.of("its " + packageName + " has version "
                    + candidate.map(Version::toString).orElse("(none)"));
        }
        runAloud("sh", "-c", INSTALL, "sh", packageName);
        return Optional.empty();
    }

    private static Optional<Version> candidate(String packageName) {
        Matcher matcher = CANDIDATE.matcher(
                Commands.run("apt-cache", "policy", packageName).output());
        return matcher.find() ? Optional.of(Version.parse(matcher.group(1))) : Optional.empty();
    }

    /** Runs a command and passes on what it writes, so that nobody wonders what takes so long. */
    private static void runAloud(String... command) {
        List<String> tail = new ArrayList<>();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), Charset.defaultCharset()))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    System.out.println(line);
                    tail.add(line);
                }
            }
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new ServerUnavailableException("apt-get failed with exit code " + exitCode + ": "
                        + String.join(" | ", tail.subList(Math.max(0, tail.size() - 5), tail.size())));
            }
        } catch (IOException e) {
            throw new ServerUnavailableException("cannot run apt-get", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerUnavailableException("interrupted while apt-get ran", e);
        }
    }
}
