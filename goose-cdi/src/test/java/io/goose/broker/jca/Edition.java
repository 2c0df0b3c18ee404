package io.goose.broker.jca;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Another version of the library: some of its sources, changed and compiled anew. What was compiled against the old ones must
 * still link, so whoever adds a component to a record adds a constructor too. Not thread-safe.
 */
public final class Edition {

    private final String version;
    private final Path sources;
    private final Map<String, String> changed = new LinkedHashMap<>();

    /**
     * @param sources the folder of the library's sources
     */
    public Edition(String version, Path sources) {
        this.version = version;
        this.sources = sources;
    }

    /** An edition that is older than this one: it lacks a method, and says less of a claim. */
    public Edition lacking() throws IOException {
        return change("io.goose.spi.Transport", "    void pause(String queue);", "")
                .change("io.goose.spi.Claim", "@Nullable Duration nextDue,\n        boolean limited) {", """
                        @Nullable Duration nextDue) {
                            public Claim(List<Lease> leases, boolean more, boolean paused, @Nullable Duration nextDue, boolean limited) {
                                this(leases, more, paused, nextDue);
                            }
                            public boolean limited() {
                                return false;
                            }
                        """)
                .change(
                        "io.goose.spi.Claim",
                        "    public Claim(List<Lease> leases, boolean more, boolean paused, @Nullable Duration nextDue) {\n"
                                + "        this(leases, more, paused, nextDue, false);\n    }",
                        "");
    }

    /** An edition that is newer: the broker has two methods more and a capability, sessions and claims say more. */
    public Edition extended() throws IOException {
        return change("io.goose.spi.Broker", "public interface Broker extends Transport, Ledger {", """
                        public interface Broker extends Transport, Ledger {
                            default String teleport(String where) {
                                return "nobody goes to " + where;
                            }
                            String beam(String where);
                        """)
                .change(
                        "io.goose.spi.Capability",
                        "public enum Capability {",
                        "public enum Capability {\n    TELEPORT,")
                .change("io.goose.spi.SessionSpec", "        boolean measures) {", """
                                boolean measures,
                                Set<String> colours) {
                            public SessionSpec(List<String> queues, int threads, int exposure, Set<String> announced,
                                    Duration lease, Duration heartbeat, String host, boolean measures) {
                                this(queues, threads, exposure, announced, lease, heartbeat, host, measures, Set.of("blue"));
                            }
                        """)
                .change("io.goose.spi.SessionSpec", "queues = List.copyOf(queues);", """
                        queues = List.copyOf(queues);
                                colours = Set.copyOf(colours);""")
                .change("io.goose.spi.Claim", "        boolean limited) {", """
                                boolean limited,
                                List<String> hints) {
                            public Claim(List<Lease> leases, boolean more, boolean paused, @Nullable Duration nextDue, boolean limited) {
                                this(leases, more, paused, nextDue, limited, List.of("hurry"));
                            }
                        """)
                .change("io.goose.spi.Claim", "leases = List.copyOf(leases);", """
                        leases = List.copyOf(leases);
                                hints = List.copyOf(hints);""");
    }

    /** An edition whose leases do not say what others cannot do without. */
    public Edition silent() throws IOException {
        return change("io.goose.spi.Lease", "boolean suspect, Duration unknownFor, boolean redelivered) {", """
                        boolean suspect, boolean redelivered) {
                            public Lease(QueuedJob job, long token, boolean suspect, Duration unknownFor, boolean redelivered) {
                                this(job, token, suspect, redelivered);
                            }
                            public Duration unknownFor() {
                                return Duration.ZERO;
                            }
                        """)
                .change("io.goose.spi.Lease", "        Objects.requireNonNull(unknownFor, \"unknownFor\");", "")
                .change("io.goose.spi.Lease", "suspect, unknownFor, true)", "suspect, true)");
    }

    /** An edition that counts in words how long a job has been unknown. */
    public Edition timed() throws IOException {
        return change("io.goose.spi.Lease", "boolean suspect, Duration unknownFor, boolean redelivered) {", """
                        boolean suspect, String unknownFor, boolean redelivered) {
                            public Lease(QueuedJob job, long token, boolean suspect, Duration unknownFor, boolean redelivered) {
                                this(job, token, suspect, unknownFor.toString(), redelivered);
                            }
                        """);
    }

    /** An edition from before deliveries could be in transactions. */
    public Edition untransacted() throws IOException {
        return change("io.goose.broker.jca.Deliveries", "Duration stuckAfter, boolean transacted) {", """
                        Duration stuckAfter) {
                            public Abilities(Set<String> announced, Duration cancelGrace, Duration stuckAfter, boolean transacted) {
                                this(announced, cancelGrace, stuckAfter);
                            }
                            public boolean transacted() {
                                return false;
                            }
                        """)
                .change("io.goose.broker.jca.Deliveries", """
                                public Abilities(Set<String> announced, Duration cancelGrace, Duration stuckAfter) {
                                    this(announced, cancelGrace, stuckAfter, false);
                                }
                        """, "")
                .change("io.goose.broker.jca.Deliveries", "RUN.equals(what) || BEGIN.equals(what)", "RUN.equals(what)");
    }

    /** An edition that speaks another version of the boundary. */
    public Edition speaking(int protocol) throws IOException {
        change("io.goose.broker.jca.Calls", "PROTOCOL = 1;", "PROTOCOL = " + protocol + ";");
        for (String copied : List.of("Door", "Served", "Deliveries")) { // a constant is copied into these
            change("io.goose.broker.jca." + copied, "package", "package");
        }
        return this;
    }

    private Edition change(String type, String what, String with) throws IOException {
        String text = changed.containsKey(type)
                ? changed.get(type)
                : Files.readString(sources.resolve(type.replace('.', '/') + ".java"));
        if (!text.contains(what)) {
            throw new AssertionError(type + " has changed: it does not say any more: " + what);
        }
        changed.put(type, text.replace(what, with));
        return this;
    }

    /**
     * Compiles what was changed.
     *
     * @param classPath of everything else
     */
    public void compile(String classPath, Path target) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> texts = new ArrayList<>();
        changed.forEach((type, text) -> texts.add(new Text(type, text)));
        Files.createDirectories(target);
        StringWriter said = new StringWriter();
        List<String> options = List.of(
                "-proc:none",
                "-nowarn",
                "--release",
                "17",
                "-parameters",
                "-d",
                target.toString(),
                "-classpath",
                classPath,
                "-implicit:none");
        if (!compiler.getTask(said, null, null, options, null, texts).call()) {
            throw new AssertionError("the edition does not compile:\n" + said);
        }
    }

    /** Loads all of Goose again, as it is in the edition that was compiled to {@code target}; what it needs comes from here. */
    ClassLoader loader(Path target) {
        return new Copies(version, target);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(String type, String text) {
            super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreErrors) {
            return text;
        }
    }

    private static final class Copies extends ClassLoader {
        private final String version;
        private final Path first;

        Copies(String version, Path first) {
            super(Edition.class.getClassLoader());
            this.version = version;
            this.first = first;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.goose.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? copy(name) : known;
            }
        }

        private Class<?> copy(String name) throws ClassNotFoundException {
            String packageName = name.substring(0, name.lastIndexOf('.'));
            if (getDefinedPackage(packageName) == null) {
                definePackage(packageName, null, null, null, "goose-cdi", version, null, null);
            }
            byte[] code = code(name.replace('.', '/') + ".class");
            if (code.length == 0) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, code, 0, code.length);
        }

        private byte[] code(String file) {
            Path changed = first.resolve(file);
            try {
                if (Files.exists(changed)) {
                    return Files.readAllBytes(changed);
                }
                try (InputStream usual = getParent().getResourceAsStream(file)) {
                    return usual == null ? new byte[0] : usual.readAllBytes();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
