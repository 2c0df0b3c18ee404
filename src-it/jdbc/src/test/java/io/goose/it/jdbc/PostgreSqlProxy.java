package io.goose.it.jdbc;

import io.goose.it.server.DatabaseServer;
import io.goose.it.server.SocketPairs;
import io.goose.tck.ReplyCutter;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and PostgreSQL and reads what the client sends. When told to, it lets the next COMMIT of a kind of
 * transaction through and cuts the connection when the server answers, so that the work is done and nobody hears of it. The
 * client must send the text of each statement each time ({@code prepareThreshold=0}) and no TLS.
 */
final class PostgreSqlProxy implements ReplyCutter, AutoCloseable {

    private final SocketPairs pairs;
    private final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();

    private record Armed(Predicate<String> transaction, AtomicInteger times) {}

    PostgreSqlProxy(DatabaseServer server) {
        pairs = new SocketPairs(server, (client, upstream) -> new Link(client, upstream).start());
    }

    /** The address for the driver. */
    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + pairs.port() + "/postgres?prepareThreshold=0&sslmode=disable";
    }

    @Override
    public Cut cutNextReply(Request kind) {
        AtomicInteger times = new AtomicInteger();
        armed.set(new Armed(which(kind), times));
        return times::get;
    }

    /** Transactions are told apart by their statements. */
    private static Predicate<String> which(Request kind) {
        return switch (kind) {
            case SEND -> sql -> sql.contains("INSERT INTO goose_job") && !sql.contains("goose_settled");
            case CLAIM -> sql -> sql.contains("(SELECT paused + 2 * limited FROM goose_queue");
            case SETTLE -> sql -> sql.contains("INSERT INTO goose_settled");
            case ADD -> sql -> sql.contains("INSERT INTO goose_job") && sql.contains("goose_batch ");
        };
    }

    /** One connection. */
    private final class Link {
        private final Socket client;
        private final Socket upstream;
        private volatile @Nullable Armed cut; // set when the COMMIT that it means is on its way

        Link(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void start() {
            SocketPairs.daemon(this::requests, "proxy-requests");
            SocketPairs.daemon(this::replies, "proxy-replies");
        }

        private void requests() {
            StringBuilder transaction = new StringBuilder();
            try (upstream;
                    DataInputStream in = new DataInputStream(client.getInputStream());
                    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(upstream.getOutputStream()))) {
                pass(in, out, in.readInt()); // the first message has no type
                out.flush();
                while (true) {
                    int type = in.read();
                    if (type < 0) {
                        return;
                    }
                    out.write(type);
                    byte[] body = pass(in, out, in.readInt());
                    if (type == 'P' || type == 'Q') {
                        note(transaction, new String(body, StandardCharsets.UTF_8));
                    }
                    if (type == 'S' || type == 'Q' || type == 'p' || type == 'X') {
                        out.flush();
                    }
                }
            } catch (IOException ended) {
                close();
            }
        }

        private void note(StringBuilder transaction, String statement) {
            transaction.append(statement).append('\n');
            if (statement.contains("COMMIT") || statement.contains("ROLLBACK")) {
                Armed next = armed.get();
                if (next != null
                        && statement.contains("COMMIT")
                        && next.transaction().test(transaction.toString())
                        && armed.compareAndSet(next, null)) {
                    cut = next;
                }
                transaction.setLength(0);
            }
        }

        private byte[] pass(DataInputStream in, DataOutputStream out, int length) throws IOException {
            byte[] body = in.readNBytes(length - 4);
            out.writeInt(length);
            out.write(body);
            return body;
        }

        private void replies() {
            byte[] buffer = new byte[1 << 16];
            try (client;
                    InputStream in = upstream.getInputStream();
                    OutputStream out = client.getOutputStream()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    Armed meant = cut;
                    if (meant != null) {
                        close();
                        meant.times().incrementAndGet();
                        return;
                    }
                    out.write(buffer, 0, read);
                }
            } catch (IOException ended) {
                close();
            }
        }

        private void close() {
            pairs.end(client);
            pairs.end(upstream);
        }
    }

    @Override
    public void close() {
        pairs.close();
    }
}
