package io.goose.it.appserver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How the probe application is packed. */
enum Layout {
    /** One WAR with the library in {@code WEB-INF/lib}. */
    WAR {
        @Override
        Path packProbe(Path directory) {
            return Archives.PROBE;
        }

        @Override
        Path pack(Path directory, String name, Path war, Map<String, String> settings) throws IOException {
            return Archives.configured(directory.resolve(name + ".war"), war, settings);
        }
    },
    /** An EAR with two WARs, each with the library in its {@code WEB-INF/lib}. */
    EAR {
        @Override
        Path packProbe(Path directory) throws IOException {
            return Archives.ear(directory.resolve("probe.ear"), List.of(Archives.PROBE, Archives.SECOND));
        }

        @Override
        Path pack(Path directory, String name, Path war, Map<String, String> settings) throws IOException {
            Path inside = Archives.configured(directory.resolve(name + ".war"), war, settings);
            return Archives.ear(directory.resolve(name + ".ear"), List.of(inside));
        }
    },
    /** An EAR with two WARs, the resource adapter, and the WAR whose jobs a message-driven bean runs. */
    EAR_WITH_ADAPTER {
        @Override
        Path packProbe(Path directory) throws IOException {
            return Archives.ear(
                    directory.resolve("probe.ear"),
                    List.of(
                            Archives.ADAPTER,
                            Archives.PROBE,
                            Archives.SECOND,
                            Archives.besideItsAdapter(directory.resolve("inbound.war"))));
        }

        @Override
        Path pack(Path directory, String name, Path war, Map<String, String> settings) throws IOException {
            return EAR.pack(directory, name, war, settings);
        }
    },
    /** An EAR with two WARs and the library in the EAR's {@code lib}. */
    EAR_LIB {
        @Override
        Path packProbe(Path directory) throws IOException {
            return Archives.earWithSharedLibraries(
                    directory.resolve("probe.ear"), Map.of(), List.of(Archives.PROBE, Archives.SECOND));
        }

        @Override
        Path pack(Path directory, String name, Path war, Map<String, String> settings) throws IOException {
            Path inside = Archives.configured(directory.resolve(name + ".war"), war, Map.of());
            return Archives.earWithSharedLibraries(directory.resolve(name + ".ear"), settings, List.of(inside));
        }
    };

    /** Whether the second application is in the probe's archive. */
    boolean hasSecondApplication() {
        return this != WAR;
    }

    /**
     * Whether a job on a CDI bean sees its module's {@code java:module} and {@code java:comp}. Where one engine serves a whole
     * EAR, only jobs on EJBs do.
     */
    boolean hasEngineInEachModule() {
        return this != EAR_LIB;
    }

    /** Makes the archive of the probe in {@code directory}, from the packaged WARs as they are. */
    abstract Path packProbe(Path directory) throws IOException;

    /** Makes an archive of one WAR under another name, with settings where the library reads them in this layout. */
    abstract Path pack(Path directory, String name, Path war, Map<String, String> settings) throws IOException;
}
