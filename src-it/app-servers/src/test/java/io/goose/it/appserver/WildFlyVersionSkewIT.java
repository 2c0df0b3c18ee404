package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class WildFlyVersionSkewIT extends VersionSkewContract {

    WildFlyVersionSkewIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
