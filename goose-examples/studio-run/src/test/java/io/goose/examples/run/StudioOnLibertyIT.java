package io.goose.examples.run;

final class StudioOnLibertyIT extends StudioContract {

    StudioOnLibertyIT() {
        super("liberty");
    }
}
