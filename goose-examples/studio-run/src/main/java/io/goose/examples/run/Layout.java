package io.goose.examples.run;

/** How the studio reaches its broker, and so what is deployed. */
enum Layout {
    /** By itself: a WAR. */
    WAR,
    /** By the server's resource adapter, which stands alone: that and a WAR. */
    RAR,
    /** By a resource adapter of its own: an EAR that has it. */
    EAR;

    static Layout of(String text) {
        return switch (text) {
            case "", "war" -> WAR;
            case "rar" -> RAR;
            case "ear" -> EAR;
            default -> throw new RunException("studio.layout=" + text + " is none of war, rar and ear");
        };
    }

    /** As the user writes it. */
    String text() {
        return switch (this) {
            case WAR -> "war";
            case RAR -> "rar";
            case EAR -> "ear";
        };
    }

    /** Whether the resource adapter has the broker. */
    boolean hasAdapter() {
        return this != WAR;
    }
}
