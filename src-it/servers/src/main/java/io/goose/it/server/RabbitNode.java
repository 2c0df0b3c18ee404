package io.goose.it.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One node of RabbitMQ; what it confirmed to have stored survives {@link #kill}. Thread-safe. */
public final class RabbitNode extends LocalServer {

    private final String name;
    private final Path control;
    private final List<String> environment;
    private final int securePort;

    RabbitNode(Setup setup, String name, Path control, List<String> environment, int securePort) {
        super(setup);
        this.securePort = securePort;
        this.name = name;
        this.control = control;
        this.environment = List.copyOf(environment);
    }

    /** The name by which nodes know it, for example {@code n1@localhost}. */
    public String name() {
        return name;
    }

    /** The address for a client, with user and password, on the default virtual host. */
    public String uri() {
        return "amqp://guest:guest@" + host() + ":" + port();
    }

    /**
     * Where it takes TLS.
     *
     * @throws IllegalStateException if it was not started with keys
     */
    public int securePort() {
        if (securePort == 0) {
            throw new IllegalStateException(this + " has no keys");
        }
        return securePort;
    }

    /** Has it show another certificate, from the next connection on. */
    public void show(TlsFiles other) {
        other.copyTo(home());
        control("eval", "ssl:clear_pem_cache().");
    }

    /**
     * Has an operator's command carried out, as {@code control("set_vm_memory_high_watermark", "0.4")}.
     *
     * @return what {@code rabbitmqctl} wrote
     * @throws ServerUnavailableException if it failed; the message has what it wrote
     */
    public String control(String... command) {
        List<String> line = new ArrayList<>(environment);
        line.addAll(List.of(control.toString(), "--quiet"));
        line.addAll(List.of(command));
        return Unprivileged.runAs(line);
    }
}
