package io.goose.it.appserver;

import java.io.IOException;
import java.nio.file.Path;

/** How the probe application is packed. */
enum Layout {
    /** One WAR with the library in {@code WEB-INF/lib}. */
    WAR("probe.war") {
        @Override
        Path pack(Path directory) {
            return Archives.PROBE;
        }
    },
    /** An EAR with two WARs, each with the library in its {@code WEB-INF/lib}. */
    EAR("probe.ear") {
        @Override
        Path pack(Path directory) throws IOException {
            return Archives.ear(directory.resolve(fileName()), false, Archives.PROBE, Archives.SECOND);
        }
    },
    /** An EAR with two WARs and the library in the EAR's {@code lib}. */
    EAR_LIB("probe.ear") {
        @Override
        Path pack(Path directory) throws IOException {
            return Archives.ear(directory.resolve(fileName()), true, Archives.PROBE, Archives.SECOND);
        }
    };

    private final String fileName;

    Layout(String fileName) {
        this.fileName = fileName;
    }

    String fileName() {
        return fileName;
    }

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

    /** Makes the archive in {@code directory}, from the packaged WARs as they are. */
    abstract Path pack(Path directory) throws IOException;
}
