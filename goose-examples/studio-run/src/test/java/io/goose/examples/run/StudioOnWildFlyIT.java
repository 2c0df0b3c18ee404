package io.goose.examples.run;

final class StudioOnWildFlyIT extends StudioContract {

    StudioOnWildFlyIT() {
        super("wildfly");
    }
}
