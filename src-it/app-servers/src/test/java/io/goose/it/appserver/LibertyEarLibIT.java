package io.goose.it.appserver;

final class LibertyEarLibIT extends AppServerContract {

    LibertyEarLibIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.EAR_LIB, ownJdk());
    }
}
