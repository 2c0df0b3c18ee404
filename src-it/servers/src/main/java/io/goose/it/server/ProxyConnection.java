package io.goose.it.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One client's connection through the proxy and the one to the server that belongs to it. Proxy's thread only.
 *
 * <p>Replies come in the order of the requests, so the n-th reply answers the n-th request; pushed messages of RESP3 do not count.
 */
final class ProxyConnection {

    private static final System.Logger LOGGER = System.getLogger(ProxyConnection.class.getName());

    private final ProxySettings settings;
    private final ProxyPipe client;
    private final ProxyPipe server;
    private final RespFrames requestFrames = RespFrames.ofRequests();
    private final RespFrames replyFrames = RespFrames.ofReplies();
    private final Map<Long, List<Fault>> cutsByReply = new HashMap<>();
    private long requests;
    private long replies;
    private boolean swallowRequests;
    private boolean swallowReplies;

    ProxyConnection(ProxySettings settings, Selector selector, SocketChannel client, SocketChannel server)
            throws IOException {
        this.settings = settings;
        this.client = new ProxyPipe(client, client.register(selector, 0, this));
        this.server = new ProxyPipe(server, server.register(selector, 0, this));
        fallIntoHole();
        settle();
    }

    /** Loses what this connection carries from now on, as the settings say, and never finds it again. */
    void fallIntoHole() {
        swallowRequests |= settings.swallowRequests;
        swallowReplies |= settings.swallowReplies;
    }

    /** Does what the key of one side is ready for. */
    void ready(SelectionKey key, ByteBuffer scratch) {
        ProxyPipe side = key == client.key() ? client : server;
        try {
            if (key.isConnectable()) {
                side.finishConnect();
            }
            if (key.isValid() && key.isWritable()) {
                side.flush(System.nanoTime());
            }
            if (key.isValid() && key.isReadable()) {
                read(side, scratch);
            }
            settle();
        } catch (IOException e) {
            close(); // one side is broken, so the whole way is
        } catch (RuntimeException e) {
            close();
            LOGGER.log(System.Logger.Level.WARNING, "the proxy cuts a connection that it cannot follow", e);
        }
    }

    private void read(ProxyPipe from, ByteBuffer scratch) throws IOException {
        scratch.clear();
        boolean end = from.read(scratch) < 0;
        scratch.flip();
        if (from == client && !swallowRequests) {
            requests(requestFrames.feed(scratch));
        } else if (from == server && !swallowReplies) {
            replies(replyFrames.feed(scratch));
        }
        if (end) {
            boolean heard = from == client ? !swallowRequests : !swallowReplies;
            (from == client ? server : client).endAfterLast(heard);
        }
    }

    private void requests(List<byte[]> frames) throws IOException {
        for (byte[] frame : frames) {
            requests++;
            if (!requestFrames.isOpaque()) {
                RespRequest request = RespRequest.read(frame);
                for (Fault fault : settings.faults) {
                    if (fault.means(request)) {
                        if (fault.point() == Fault.Point.BEFORE_REQUEST) {
                            swallowRequests = fault.isSilent(); // what was asked before may be answered
                            end(List.of(fault));
                            return;
                        }
                        cutsByReply
                                .computeIfAbsent(requests, any -> new ArrayList<>())
                                .add(fault);
                    }
                }
            }
            server.send(frame, System.nanoTime());
        }
    }

    private void replies(List<byte[]> frames) throws IOException {
        for (byte[] frame : frames) {
            if (!replyFrames.isOpaque() && frame[0] != '>') {
                replies++;
                List<Fault> cuts = cutsByReply.get(replies);
                if (cuts != null) {
                    swallowRequests = true;
                    swallowReplies = true;
                    end(cuts);
                    return;
                }
            }
            client.send(frame, System.nanoTime() + settings.delayNanos);
        }
    }

    /** Lets go what was on its way before, then closes or falls silent, and tells. */
    private void end(List<Fault> faults) throws IOException {
        long now = System.nanoTime();
        server.flush(now);
        client.flush(now);
        if (!faults.stream().allMatch(Fault::isSilent)) {
            close();
        }
        faults.forEach(Fault::happened);
    }

    /** Sends what is due; gives the nanoseconds until more is, or {@link Long#MAX_VALUE}. */
    long flushDue(long now) {
        try {
            client.flush(now);
            settle();
            return client.isOpen() ? client.nanosUntilDue(now) : Long.MAX_VALUE;
        } catch (IOException e) {
            close();
            return Long.MAX_VALUE;
        }
    }

    /** Both sides have ended: nothing more can come. Otherwise each waits for what it can do next. */
    private void settle() {
        if (client.hasEnded() && server.hasEnded()) {
            close();
        }
        if (isOpen()) {
            client.updateInterest(server.canTake());
            server.updateInterest(client.canTake());
        }
    }

    void close() {
        client.close();
        server.close();
    }

    boolean isOpen() {
        return client.isOpen() || server.isOpen();
    }
}
