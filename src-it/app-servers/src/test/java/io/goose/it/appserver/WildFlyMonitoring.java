package io.goose.it.appserver;

/** What of WildFly measures or traces. It has health beside, unless it is bare. It is provisioned with all of it; what is not wanted is taken out. */
enum WildFlyMonitoring {
    /** Nothing: deployments do not see the APIs either. */
    NONE,
    /** Nothing, and no health either. */
    BARE,
    /** Micrometer, whose registry for Prometheus is shown at {@code /metrics} of the management interface. */
    MICROMETER,
    /** OpenTelemetry, which sends to where the variables {@code OTEL_…} say. */
    OPENTELEMETRY;

    private static final String MICROMETER_SUBSYSTEM =
            "<subsystem xmlns=\"urn:wildfly:micrometer:community:2.0\" exposed-subsystems=\"*\"/>";

    /** Of the configuration as it was provisioned, the one of this. */
    String edit(String standalone) {
        String left = standalone;
        if (this != MICROMETER) {
            left = without(left, "<extension module=\"org.wildfly.extension.micrometer\"/>");
            left = without(left, MICROMETER_SUBSYSTEM);
        } else {
            left = replace(
                    left,
                    MICROMETER_SUBSYSTEM,
                    MICROMETER_SUBSYSTEM.replace(
                            "/>",
                            "><prometheus-registry context=\"/metrics\" security-enabled=\"false\"/></subsystem>"));
        }
        if (this != OPENTELEMETRY) {
            left = without(left, "<extension module=\"org.wildfly.extension.opentelemetry\"/>");
            left = without(left, "<subsystem xmlns=\"urn:wildfly:opentelemetry:1.1\"/>");
        }
        if (this == BARE) {
            left = without(left, "<extension module=\"org.wildfly.extension.microprofile.health-smallrye\"/>");
            left = left.replaceFirst("<subsystem xmlns=\"urn:wildfly:microprofile-health-smallrye:[^>]*/>", "");
            if (left.contains("microprofile-health-smallrye:")) {
                throw new AssertionError("WildFly has health still");
            }
        }
        return left;
    }

    private static String without(String text, String part) {
        return replace(text, part, "");
    }

    private static String replace(String text, String part, String other) {
        if (!text.contains(part)) {
            throw new AssertionError("WildFly was provisioned without " + part);
        }
        return text.replace(part, other);
    }
}
