package io.goose.it.bench;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The RabbitMQ that everything is measured on: one node of our own, with its defaults. */
final class RabbitTarget implements Measured.Server, AutoCloseable {

    private final RabbitCluster rabbit = RabbitMq.start();
    private final ProcessHandle process = process();

    /** The process that is the node: what started it has ended or became it. */
    private ProcessHandle process() {
        String pid = rabbit.node().control("eval", "os:getpid().").replaceAll("\\D", "");
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    String uri() {
        return rabbit.node().uri();
    }

    /** A connection as the bare client makes it. */
    Connection connect() throws IOException {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(uri());
            return factory.newConnection("bare");
        } catch (URISyntaxException | GeneralSecurityException | TimeoutException failed) {
            throw new IOException(failed);
        }
    }

    @Override
    public long cpuNanos() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    @Override
    public void close() {
        rabbit.close();
    }

    @Override
    public String toString() {
        return rabbit.node().toString();
    }
}
