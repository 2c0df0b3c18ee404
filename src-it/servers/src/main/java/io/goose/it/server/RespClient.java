package io.goose.it.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The smallest client of a Redis server: one connection, one command at a time, RESP2. With it the fixtures set up
 * clusters and tests look at raw state without the client library under test.
 *
 * <p>Not thread-safe.
 */
public final class RespClient implements AutoCloseable {

    private static final byte[] CRLF = {'\r', '\n'};

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RespClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** Connects without TLS. A reply may take up to {@code patience}. */
    public static RespClient connect(String host, int port, Duration patience) throws IOException {
        return connect(SocketFactory.getDefault(), host, port, patience);
    }

    /** Connects through the sockets of {@code factory}, such as those of an SSL context. */
    public static RespClient connect(SocketFactory factory, String host, int port, Duration patience)
            throws IOException {
        Socket socket = factory.createSocket();
        try {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(patience.toMillis()));
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            socket.setTcpNoDelay(true);
            return new RespClient(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends one command and waits for its reply: a {@code String}, a {@code Long}, a {@code List} of replies, or null for
     * the null reply. An error inside a list is a {@link RespException} element.
     *
     * @throws RespException if the server answers with an error
     * @throws IOException if the connection breaks or no reply comes in time; whether the command ran is then unknown
     */
    public @Nullable Object call(String... command) throws IOException {
        send(command);
        return receive();
    }

    /** {@link #call} for a command whose reply is text. */
    public String text(String... command) throws IOException {
        if (call(command) instanceof String text) {
            return text;
        }
        throw new IOException("no text came back for " + command[0]);
    }

    /** {@link #call} for a command whose reply is an integer. */
    public long number(String... command) throws IOException {
        if (call(command) instanceof Long number) {
            return number;
        }
        throw new IOException("no number came back for " + command[0]);
    }

    /** {@link #call} for a command whose reply is a list. */
    public List<@Nullable Object> list(String... command) throws IOException {
        if (call(command) instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        throw new IOException("no list came back for " + command[0]);
    }

    /** Sends a command without waiting for its reply. */
    public void send(String... command) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        line(frame, "*" + command.length);
        for (String argument : command) {
            byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
            line(frame, "$" + bytes.length);
            frame.write(bytes);
            frame.write(CRLF);
        }
        frame.writeTo(out);
        out.flush();
    }

    /** Waits for the next reply, as {@link #call} does. */
    public @Nullable Object receive() throws IOException {
        Object reply = read();
        if (reply instanceof RespException error) {
            throw error;
        }
        return reply;
    }

    private @Nullable Object read() throws IOException {
        String line = readLine();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case '-' -> new RespException(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> array(Integer.parseInt(rest));
            default -> throw new IOException("not a RESP2 reply: " + line);
        };
    }

    private @Nullable String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length + CRLF.length);
        if (bytes.length < length + CRLF.length) {
            throw new EOFException("the connection ended inside a reply");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private @Nullable List<@Nullable Object> array(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(read());
        }
        return list;
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\r'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended before a reply");
            }
            line.write(b);
        }
        if (in.read() != '\n' || line.size() == 0) {
            throw new IOException("not a RESP2 reply");
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static void line(ByteArrayOutputStream frame, String text) throws IOException {
        frame.write(text.getBytes(StandardCharsets.US_ASCII));
        frame.write(CRLF);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
