package io.goose.it.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** One side of a connection through the proxy: its socket, and what waits to be written to it. Proxy's thread only. */
final class ProxyPipe {

    /** How much may wait before we stop reading from the other side, as a full socket buffer would make the peer stop. */
    private static final long FULL_BYTES = 4 << 20;

    private record Chunk(ByteBuffer bytes, long dueNanos) {}

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<Chunk> outgoing = new ArrayDeque<>();
    private long waitingBytes;
    private boolean inputEnded;
    private boolean endAfterLast;
    private boolean outputEnded;

    ProxyPipe(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    SelectionKey key() {
        return key;
    }

    void finishConnect() throws IOException {
        channel.finishConnect();
    }

    /** Reads what is there; -1 at the end of the stream. */
    int read(ByteBuffer into) throws IOException {
        int count = channel.read(into);
        inputEnded |= count < 0;
        return count;
    }

    /** Writes {@code bytes} at {@code dueNanos}, or when the socket takes them. */
    void send(byte[] bytes, long dueNanos) throws IOException {
        outgoing.add(new Chunk(ByteBuffer.wrap(bytes), dueNanos));
        waitingBytes += bytes.length;
        flush(System.nanoTime());
    }

    /** If {@code heard}, ends the stream once everything is written. */
    void endAfterLast(boolean heard) throws IOException {
        endAfterLast |= heard;
        flush(System.nanoTime());
    }

    /** Writes what is due and fits. */
    void flush(long now) throws IOException {
        if (!channel.isConnected()) {
            return;
        }
        for (Chunk head = outgoing.peek(); head != null && head.dueNanos() - now <= 0; head = outgoing.peek()) {
            waitingBytes -= channel.write(head.bytes());
            if (head.bytes().hasRemaining()) {
                return;
            }
            outgoing.remove();
        }
        if (outgoing.isEmpty() && endAfterLast && !outputEnded) {
            channel.shutdownOutput();
            outputEnded = true;
        }
    }

    /** Nanoseconds until something that is not due yet will be; {@link Long#MAX_VALUE} if nothing waits for its time. */
    long nanosUntilDue(long now) {
        Chunk head = outgoing.peek();
        return head == null || head.dueNanos() - now <= 0 ? Long.MAX_VALUE : head.dueNanos() - now;
    }

    /** Whether the other side may go on reading for this one. */
    boolean canTake() {
        return channel.isConnected() && waitingBytes < FULL_BYTES;
    }

    /** Nothing comes from this side any more and nothing is to go there. */
    boolean hasEnded() {
        return inputEnded && outgoing.isEmpty();
    }

    void updateInterest(boolean otherCanTake) {
        if (!key.isValid()) {
            return;
        }
        int interest = channel.isConnectionPending() ? SelectionKey.OP_CONNECT : 0;
        if (channel.isConnected() && !inputEnded && otherCanTake) {
            interest |= SelectionKey.OP_READ;
        }
        Chunk head = outgoing.peek();
        if (head != null && head.dueNanos() - System.nanoTime() <= 0) {
            interest |= SelectionKey.OP_WRITE;
        }
        key.interestOps(interest);
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(ProxyPipe.class.getName())
                    .log(System.Logger.Level.DEBUG, "a socket of the proxy closed with an error", e);
        }
    }
}
