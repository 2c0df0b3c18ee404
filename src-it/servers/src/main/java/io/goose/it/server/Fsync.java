package io.goose.it.server;

import java.util.Locale;

/** When Redis forces its append-only file to disk. */
public enum Fsync {
    /** Before each reply: a killed server loses nothing it acknowledged. */
    ALWAYS,
    /** Once a second. */
    EVERYSEC,
    /** When the system likes to. A killed process loses nothing that way either, a machine does. */
    NO;

    String directive() {
        return name().toLowerCase(Locale.ROOT);
    }
}
