package io.goose.it.appserver;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What the library promises of the container's transactions: one server, one deployment, a broker of each kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TransactionContract implements TransactionTests, ResourceTests, LocalWorkTests, TransactionalJobTests {

    private final AppServer.Kind kind;
    private TransactionServer server;

    TransactionContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void startServer() throws IOException {
        server = new TransactionServer(getClass().getSimpleName(), kind, Path.of(System.getProperty("java.home")));
        server.deploy();
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    public TransactionServer transactions() {
        return server;
    }
}
