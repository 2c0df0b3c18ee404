package io.goose.it.redis;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Speaks Redis's protocol and answers as it is told, for what no server here can be brought to say. It stores nothing.
 * Thread-safe.
 */
final class ScriptedRedis implements AutoCloseable {

    private final ServerSocket listener;
    private final Function<List<String>, String> script;
    private final List<List<String>> asked = new CopyOnWriteArrayList<>();
    private final List<Socket> clients = new CopyOnWriteArrayList<>();

    /**
     * Listens.
     *
     * @param script from a command, its name in capitals, to the bytes of the reply
     */
    ScriptedRedis(Function<List<String>, String> script) {
        this.script = script;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The commands so far whose name is {@code name}. */
    List<List<String>> asked(String name) {
        return asked.stream().filter(command -> command.get(0).equals(name)).toList();
    }

    static String bulk(String text) {
        return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
    }

    static String array(String... elements) {
        return "*" + elements.length + "\r\n" + String.join("", elements);
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body, "scripted-redis");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                clients.add(client);
                daemon(() -> serve(client));
            } catch (IOException ended) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream()) {
            for (List<String> command = read(in); !command.isEmpty(); command = read(in)) {
                asked.add(command);
                out.write(script.apply(command).getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException gone) {
            clients.remove(client); // the client or the test has closed it
        }
    }

    /** The next command; empty at the end. */
    private static List<String> read(InputStream in) throws IOException {
        List<String> command = new ArrayList<>();
        String head = line(in);
        for (int left = head.isEmpty() ? 0 : Integer.parseInt(head.substring(1)); left > 0; left--) {
            byte[] bytes = in.readNBytes(Integer.parseInt(line(in).substring(1)) + 2);
            String argument = new String(bytes, 0, bytes.length - 2, StandardCharsets.UTF_8);
            command.add(command.isEmpty() ? argument.toUpperCase(Locale.ROOT) : argument);
        }
        return command;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
